//! Standard input and standard output as streams of the loop.
//!
//! | what it is | how it is read and written |
//! | --- | --- |
//! | a pipe, a socket | as a [`Socket`](uvox::net::Socket), which makes it non-blocking; whoever shares it finds it as it was when the command ends |
//! | a terminal that is read | when the loop says that something is there, by a description of its own, for others share the terminal |
//! | anything else: files, devices, a terminal that is written | on worker threads, for the loop cannot wait for it |

mod file;
mod terminal;

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use uvox::Error;
use uvox::event_loop::sys::{self, DescriptorKind};
use uvox::event_loop::{Ctx, Errno};
use uvox::net::{Socket, SocketOptions};
use uvox::streams::Duplex;

/// One of the two, as a stream.
#[derive(Debug)]
pub(crate) struct Stdio {
    /// The stream.
    pub(crate) stream: Duplex,
    /// Undoes what was done to the descriptor. It is to outlive the run.
    _restored: Option<Restored>,
}

/// Standard input.
pub(crate) fn input(cx: &mut Ctx) -> Result<Stdio, Error> {
    let stdin = io::stdin();
    let fd = stdin.as_fd();
    match kind(fd)? {
        DescriptorKind::Pipe | DescriptorKind::Tcp | DescriptorKind::UnixStream => {
            socket(cx, fd, |options| options.writable(false))
        }
        DescriptorKind::Tty => terminal::reader(cx, terminal::open(fd, true)?).map(Stdio::plain),
        _ => Ok(Stdio::plain(file::reader(cx, duplicate(fd)?))),
    }
}

/// Standard output.
pub(crate) fn output(cx: &mut Ctx) -> Result<Stdio, Error> {
    let stdout = io::stdout();
    let fd = stdout.as_fd();
    match kind(fd)? {
        DescriptorKind::Pipe | DescriptorKind::Tcp | DescriptorKind::UnixStream => {
            socket(cx, fd, |options| options.readable(false))
        }
        DescriptorKind::Tty => Ok(Stdio::plain(file::writer(cx, terminal::open(fd, false)?))),
        _ => Ok(Stdio::plain(file::writer(cx, duplicate(fd)?))),
    }
}

fn kind(fd: BorrowedFd<'_>) -> Result<DescriptorKind, Error> {
    sys::descriptor_kind(fd.as_raw_fd()).map_err(|errno| Error::system(errno, "fstat"))
}

fn duplicate(fd: BorrowedFd<'_>) -> Result<OwnedFd, Error> {
    sys::dup(fd).map_err(|errno| Error::system(errno, "dup"))
}

fn socket(
    cx: &mut Ctx,
    fd: BorrowedFd<'_>,
    half: impl FnOnce(SocketOptions) -> SocketOptions,
) -> Result<Stdio, Error> {
    let restored = Restored::remember(fd)?;
    let options = half(SocketOptions::new().fd(duplicate(fd)?));
    let socket = Socket::new(cx, options.paused(true))?;
    Ok(Stdio {
        stream: socket.duplex(),
        _restored: Some(restored),
    })
}

impl Stdio {
    fn plain(stream: Duplex) -> Stdio {
        Stdio {
            stream,
            _restored: None,
        }
    }
}

/// Makes calls on a descriptor wait again when it is dropped, if they did when it was made.
#[derive(Debug)]
struct Restored {
    fd: OwnedFd,
    waited: bool,
}

impl Restored {
    fn remember(fd: BorrowedFd<'_>) -> Result<Restored, Error> {
        let remembered = sys::is_nonblocking(fd).and_then(|nonblocking| {
            Ok(Restored {
                fd: sys::dup(fd)?,
                waited: !nonblocking,
            })
        });
        remembered.map_err(|errno: Errno| Error::system(errno, "fcntl"))
    }
}

impl Drop for Restored {
    fn drop(&mut self) {
        if self.waited {
            // It could be done once, so it can be undone; and if not, there is nobody to tell.
            let _ = sys::set_nonblocking(self.fd.as_fd(), false);
        }
    }
}
