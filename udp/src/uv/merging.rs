//! Whether the kernel puts together what comes (UDP GRO), and who takes it apart again: it then goes up through the kernel, and is received, as one.

use std::os::fd::BorrowedFd;

use uvox_loop::Errno;
use uvox_loop::sys;

/// What becomes of the datagrams that a socket receives.
///
/// What the kernel was told once it is not told otherwise as long as there is the socket: datagrams that it has put together, and that wait when this is turned off, would come as one,
/// without a word about where each of them ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Merging {
    /// The kernel leaves them alone; whoever receives batches has it put them together.
    #[default]
    Unasked,
    /// It leaves them alone, and is to: it cannot do anything else, somebody wants it so, or the socket may have other readers.
    Never,
    /// It puts them together, and here they are taken apart.
    Apart,
    /// It puts them together, and the reader has asked for that.
    Whole,
}

impl Merging {
    /// What holds for a socket that was made elsewhere. Who else reads from it would not know what to make of several datagrams in one, so it stays as it is.
    pub(super) fn of_opened(socket: BorrowedFd<'_>) -> Merging {
        match sys::receives_coalesced(socket) {
            Ok(true) => Merging::Apart,
            Ok(false) | Err(_) => Merging::Never,
        }
    }

    /// Somebody receives batches from now on.
    pub(super) fn begin_batches(&mut self, socket: BorrowedFd<'_>) {
        if *self == Merging::Unasked {
            *self = match sys::receive_coalesced(socket, true) {
                Ok(()) => Merging::Apart,
                Err(_) => Merging::Never,
            };
        }
    }

    /// The reader asks for what was put together, or that nothing be.
    pub(super) fn ask(&mut self, socket: BorrowedFd<'_>, whole: bool) -> Result<(), Errno> {
        if whole {
            sys::receive_coalesced(socket, true)?;
        }
        *self = match (whole, self.is_done()) {
            (true, _) => Merging::Whole,
            (false, true) => Merging::Apart,
            (false, false) => Merging::Never,
        };
        Ok(())
    }

    /// Whether the kernel does it.
    pub(super) fn is_done(self) -> bool {
        matches!(self, Merging::Apart | Merging::Whole)
    }

    /// Whether what came as one is taken apart. This is not asked of the kernel alone: the reader did not ask for several in one, whoever has them put together.
    pub(super) fn takes_apart(self) -> bool {
        self != Merging::Whole
    }
}
