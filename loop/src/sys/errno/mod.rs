//! Error numbers: the kernel's own, and the few that libuv adds.

mod lacking;
mod resolver;
mod table;

use std::fmt;
use std::io;

pub use resolver::errno_from_eai;

/// An error number, as the kernel or libuv names it (`UV_E*`, without the sign).
///
/// It is a `Copy` newtype over the positive number. Besides the system's numbers it holds those that libuv invented, with
/// libuv's numbers: [`Errno::EOF`], the `EAI_*` family of the resolver, and substitutes for what a system lacks. Every
/// constant exists on every system.
///
/// ```
/// use uvox_loop::Errno;
///
/// assert_eq!(Errno::ECONNRESET.name(), "ECONNRESET");
/// assert_eq!(Errno::ECONNRESET.to_string(), "ECONNRESET: connection reset by peer");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Errno(i32);

impl Errno {
    /// The error with this (positive) number; a negative number, as libuv returns them, names the same error.
    pub const fn from_raw(number: i32) -> Errno {
        Errno(if number == i32::MIN {
            i32::MAX
        } else {
            number.abs()
        })
    }

    /// The positive number.
    pub const fn raw(self) -> i32 {
        self.0
    }

    /// The constant's name, `"ECONNRESET"`; `"UNKNOWN"` for a number that has none (`uv_err_name`).
    pub const fn name(self) -> &'static str {
        match self.entry() {
            Some((name, _)) => name,
            None => "UNKNOWN",
        }
    }

    /// What it means, in a few words (`uv_strerror`).
    pub const fn message(self) -> &'static str {
        match self.entry() {
            Some((_, message)) => message,
            None => "unknown error",
        }
    }

    /// What the last failed system call of this thread left in `errno`.
    pub(crate) fn last() -> Errno {
        // SAFETY: the C library gives each thread an `errno` of its own; we read it.
        Errno(unsafe { *location() })
    }

    /// Leaves this number in the thread's `errno`.
    pub(crate) fn store(self) {
        // SAFETY: as in `last`; we write it.
        unsafe { *location() = self.0 }
    }
}

/// Where the C library keeps the thread's `errno`.
fn location() -> *mut i32 {
    #[cfg(any(target_os = "solaris", target_os = "illumos"))]
    use libc::___errno as errno_location;
    #[cfg(any(target_os = "netbsd", target_os = "openbsd", target_os = "android"))]
    use libc::__errno as errno_location;
    #[cfg(any(target_os = "linux", target_os = "dragonfly"))]
    use libc::__errno_location as errno_location;
    #[cfg(any(target_vendor = "apple", target_os = "freebsd"))]
    use libc::__error as errno_location;
    // SAFETY: takes nothing, and returns a pointer that is valid as long as the thread.
    unsafe { errno_location() }
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry() {
            None => write!(f, "unknown error {}", self.0),
            Some((name, message)) => write!(f, "{name}: {message}"),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.entry() {
            None => write!(f, "Errno({})", self.0),
            Some((name, _)) => f.write_str(name),
        }
    }
}

impl std::error::Error for Errno {}

/// From here on numbers are libuv's or ours; no system has so many errors.
const FIRST_INVENTED: i32 = 3000;

impl From<Errno> for io::Error {
    /// A system error of that number; for a number that no system has, an error that carries the `Errno` within.
    fn from(errno: Errno) -> io::Error {
        if errno.0 < FIRST_INVENTED {
            return io::Error::from_raw_os_error(errno.0);
        }
        let kind = match errno {
            Errno::EOF => io::ErrorKind::UnexpectedEof,
            Errno::ECHARSET => io::ErrorKind::InvalidData,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, errno)
    }
}

impl From<io::Error> for Errno {
    /// The number behind a system error, or the `Errno` within; `EINVAL` for an error that no system call made.
    fn from(error: io::Error) -> Errno {
        match error.raw_os_error() {
            Some(number) => Errno::from_raw(number),
            None => *error
                .get_ref()
                .and_then(|inner| inner.downcast_ref())
                .unwrap_or(&Errno::EINVAL),
        }
    }
}
