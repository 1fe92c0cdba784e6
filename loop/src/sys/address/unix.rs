//! The addresses of Unix-domain sockets.

use std::ffi::OsStr;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::mem::{offset_of, size_of};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::raw::CAPACITY;
use crate::sys::Errno;

const OFFSET: usize = offset_of!(libc::sockaddr_un, sun_path);

/// The longest path or name that can be given to the kernel: 108 bytes on Linux, 104 on the BSDs.
const LONGEST: usize = size_of::<libc::sockaddr_un>() - OFFSET;

/// The address of a Unix-domain socket: a path, on Linux also an abstract name, or nothing.
#[derive(Clone, Copy)]
pub struct UnixAddr {
    /// As in `sun_path`: an abstract name begins with a zero byte, a path has none. The kernel may report one that is
    /// longer than it takes.
    bytes: [u8; CAPACITY - OFFSET],
    length: u8,
}

/// What names a Unix-domain socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UnixName<'a> {
    /// Nothing: it was never bound.
    Unnamed,
    /// A path in the file system.
    Path(&'a Path),
    /// A name in Linux's abstract namespace, without the zero byte that marks it; any bytes, zeroes too.
    Abstract(&'a [u8]),
}

impl UnixAddr {
    /// The address without a name. To bind to it makes Linux choose an abstract name.
    pub const UNNAMED: UnixAddr = UnixAddr {
        bytes: [0; CAPACITY - OFFSET],
        length: 0,
    };

    /// The socket at a path.
    ///
    /// # Errors
    ///
    /// `ENAMETOOLONG` if it is longer than the system's 104 or 108 bytes: a path is never cut. `EINVAL` if it is empty
    /// or has a zero byte.
    pub fn from_path(path: impl AsRef<Path>) -> Result<UnixAddr, Errno> {
        let path = path.as_ref().as_os_str().as_bytes();
        if path.is_empty() || path.contains(&0) {
            return Err(Errno::EINVAL);
        }
        if path.len() > LONGEST {
            return Err(Errno::ENAMETOOLONG);
        }
        Ok(UnixAddr::of(path))
    }

    /// The socket with a name in Linux's abstract namespace, given without the zero byte in front.
    ///
    /// # Errors
    ///
    /// `ENAMETOOLONG` from 108 bytes on, `ENOTSUP` where there is no such namespace.
    pub fn from_abstract(name: impl AsRef<[u8]>) -> Result<UnixAddr, Errno> {
        let name = name.as_ref();
        if !HAS_ABSTRACT_NAMES {
            return Err(Errno::ENOTSUP);
        }
        if name.len() >= LONGEST {
            return Err(Errno::ENAMETOOLONG);
        }
        let mut address = UnixAddr::UNNAMED;
        address.bytes[1..=name.len()].copy_from_slice(name);
        address.length = name.len() as u8 + 1;
        Ok(address)
    }

    /// What names the socket.
    pub fn name(&self) -> UnixName<'_> {
        match self.in_sockaddr() {
            [] => UnixName::Unnamed,
            [0, name @ ..] => UnixName::Abstract(name),
            path => UnixName::Path(Path::new(OsStr::from_bytes(path))),
        }
    }

    /// The path, if it has one.
    pub fn path(&self) -> Option<&Path> {
        match self.name() {
            UnixName::Path(path) => Some(path),
            _ => None,
        }
    }

    /// Reads the bytes of a `sockaddr_un`, whatever they are.
    pub(super) fn from_raw(sockaddr: &[u8]) -> UnixAddr {
        let bytes = sockaddr.get(OFFSET..).unwrap_or_default();
        match bytes {
            [] => UnixAddr::UNNAMED,
            [0, ..] if HAS_ABSTRACT_NAMES => UnixAddr::of(bytes),
            // Some systems end a path with a zero byte and count it, some pad with zeroes to the full length.
            _ => UnixAddr::of(bytes.split(|byte| *byte == 0).next().unwrap_or_default()),
        }
    }

    /// What stands in `sun_path`.
    pub(super) fn in_sockaddr(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }

    /// How much of `sun_path` counts: with the zero byte that ends a path, unless there is no room for it.
    pub(super) fn length_in_sockaddr(&self) -> usize {
        let length = usize::from(self.length);
        match self.bytes[0] {
            0 => length,
            _ => (length + 1).min(LONGEST.max(length)),
        }
    }

    /// `bytes` are no more than fit, as the callers made sure; what might not would be left out.
    fn of(bytes: &[u8]) -> UnixAddr {
        let mut address = UnixAddr::UNNAMED;
        let length = bytes.len().min(address.bytes.len()).min(u8::MAX.into());
        address.bytes[..length].copy_from_slice(&bytes[..length]);
        address.length = length as u8;
        address
    }
}

/// Whether there is a namespace for sockets beside the file system's.
const HAS_ABSTRACT_NAMES: bool = cfg!(any(target_os = "linux", target_os = "android"));

impl PartialEq for UnixAddr {
    fn eq(&self, other: &UnixAddr) -> bool {
        self.in_sockaddr() == other.in_sockaddr()
    }
}

impl Eq for UnixAddr {}

impl Hash for UnixAddr {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.in_sockaddr().hash(state);
    }
}

impl fmt::Debug for UnixAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().fmt(f)
    }
}

impl fmt::Display for UnixAddr {
    /// The path, or the abstract name after an `@`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            UnixName::Unnamed => Ok(()),
            UnixName::Path(path) => path.display().fmt(f),
            UnixName::Abstract(name) => write!(f, "@{}", name.escape_ascii()),
        }
    }
}
