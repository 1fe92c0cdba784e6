//! Error numbers: the kernel's own, and the few that libuv adds.

use std::fmt;
use std::io;

/// An error number, as the kernel or libuv names it (`UV_E*`, without the sign).
///
/// It is a `Copy` newtype over the positive number. Besides the system's numbers it holds those that libuv invented:
/// [`Errno::EOF`] and the `EAI_*` family of the resolver.
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

/// Declares the constants, and from the same list the names and the messages.
macro_rules! errnos {
    ($($name:ident = $number:expr, $message:literal;)*) => {
        impl Errno {
            $(#[doc = concat!($message, ".")] pub const $name: Errno = Errno($number);)*

            /// The constant's name, `"ECONNRESET"`; `"UNKNOWN"` for a number that has none (`uv_err_name`).
            pub fn name(self) -> &'static str {
                $(if self == Errno::$name { return stringify!($name); })*
                "UNKNOWN"
            }

            /// What it means, in a few words (`uv_strerror`).
            pub fn message(self) -> &'static str {
                $(if self == Errno::$name { return $message; })*
                "unknown error"
            }
        }
    };
}

errnos! {
    EBADF = libc::EBADF, "bad file descriptor, or a handle that is no more";
    EAGAIN = libc::EAGAIN, "not possible right now, try again";
    EALREADY = libc::EALREADY, "already in progress";
    EBUSY = libc::EBUSY, "still in use";
    ECANCELED = libc::ECANCELED, "cancelled";
    ECONNRESET = libc::ECONNRESET, "connection reset by peer";
    EEXIST = libc::EEXIST, "already exists";
    EINPROGRESS = libc::EINPROGRESS, "now in progress";
    EINTR = libc::EINTR, "interrupted by a signal";
    EINVAL = libc::EINVAL, "invalid argument";
    EISCONN = libc::EISCONN, "already connected";
    EMFILE = libc::EMFILE, "too many open descriptors in this process";
    ENOENT = libc::ENOENT, "no such file or directory";
    ENOSYS = libc::ENOSYS, "not implemented on this system";
    ENOTSUP = libc::ENOTSUP, "not supported";
    EPERM = libc::EPERM, "not permitted";
    EOF = 4095, "end of file";
    EAI_ADDRFAMILY = 3000, "the host has no address of that family";
    EAI_AGAIN = 3001, "the name cannot be looked up right now, try again";
    EAI_BADFLAGS = 3002, "flags that the resolver does not know or that contradict each other";
    EAI_CANCELED = 3003, "the lookup was cancelled";
    EAI_FAIL = 3004, "the lookup failed for good";
    EAI_FAMILY = 3005, "address family not supported by the resolver";
    EAI_MEMORY = 3006, "the resolver ran out of memory";
    EAI_NODATA = 3007, "the host has no address";
    EAI_NONAME = 3008, "host or service not known";
    EAI_OVERFLOW = 3009, "the name is longer than the resolver has room for";
    EAI_SERVICE = 3010, "the socket type has no such service";
    EAI_SOCKTYPE = 3011, "socket type not supported by the resolver";
    EAI_BADHINTS = 3013, "hints that the resolver does not understand";
    EAI_PROTOCOL = 3014, "protocol not known to the resolver";
}

impl fmt::Display for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            "UNKNOWN" => write!(f, "unknown error {}", self.0),
            name => write!(f, "{name}: {}", self.message()),
        }
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            "UNKNOWN" => write!(f, "Errno({})", self.0),
            name => f.write_str(name),
        }
    }
}

impl std::error::Error for Errno {}

impl From<Errno> for io::Error {
    fn from(errno: Errno) -> io::Error {
        if errno == Errno::EOF {
            io::ErrorKind::UnexpectedEof.into()
        } else {
            io::Error::from_raw_os_error(errno.0)
        }
    }
}

impl From<io::Error> for Errno {
    /// The number behind a system error; `EINVAL` for an error that no system call made.
    fn from(error: io::Error) -> Errno {
        error.raw_os_error().map_or(Errno::EINVAL, Errno)
    }
}
