//! What pipes are called: paths and abstract names, given and asked for.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use uvox_loop::sys::{self, Credentials, RawAddress, UnixAddr, UnixName};
use uvox_loop::{Ctx, Errno};

use super::pipe::Pipe;

impl Pipe {
    /// The handle's own address (`uv_pipe_getsockname`), of which [`UnixAddr::name`] tells the path or the abstract name. One that connected or that was
    /// accepted has none of its own, as a rule; on Linux what was accepted has its listener's.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, closing, or has no descriptor; `ENOTSOCK` for an end of a `pipe(2)`; `EAFNOSUPPORT` if it is a socket of
    /// another family.
    pub fn getsockname(self, cx: &Ctx) -> Result<UnixAddr, Errno> {
        self.check(cx)?;
        unix(sys::getsockname(cx.descriptor(self).ok_or(Errno::EBADF)?)?)
    }

    /// The address of the other end (`uv_pipe_getpeername`): of a client, its server's.
    ///
    /// # Errors
    ///
    /// As [`Pipe::getsockname`]; `ENOTCONN` if it is not connected.
    pub fn getpeername(self, cx: &Ctx) -> Result<UnixAddr, Errno> {
        self.check(cx)?;
        unix(sys::getpeername(cx.descriptor(self).ok_or(Errno::EBADF)?)?)
    }

    /// Who is at the other end, as the kernel noted it when the connection was made: the process, if the system tells, its user and its group. Not in
    /// libuv.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, closing, or has no descriptor; `ENOTCONN` if it is not connected; for what is no Unix-domain socket some error, which
    /// depends on the system.
    pub fn peer_credentials(self, cx: &Ctx) -> Result<Credentials, Errno> {
        self.check(cx)?;
        sys::peer_credentials(cx.descriptor(self).ok_or(Errno::EBADF)?)
    }
}

fn unix(address: RawAddress) -> Result<UnixAddr, Errno> {
    let address = address.get().and_then(|address| address.unix());
    address.ok_or(Errno::EAFNOSUPPORT)
}

/// Whether a path can be bound or connected to, as far as its text goes.
///
/// # Errors
///
/// `ENAMETOOLONG` if it is longer than the system's 108 or 104 bytes; `EINVAL` if it is empty or has a zero byte in the middle; `ENOTSUP` for an abstract
/// name where there are none.
pub fn check_path(path: impl AsRef<Path>) -> Result<(), Errno> {
    of_path(path.as_ref()).map(drop)
}

/// The address that a path stands for; with a zero byte in front, which is the kernel's notation, that of an abstract name.
pub(super) fn of_path(path: &Path) -> Result<UnixAddr, Errno> {
    match path.as_os_str().as_bytes() {
        [0, name @ ..] => UnixAddr::from_abstract(name),
        _ => UnixAddr::from_path(path),
    }
}

/// The address of that name. Nobody is called nothing.
pub(super) fn of_name(name: UnixName<'_>) -> Result<UnixAddr, Errno> {
    match name {
        UnixName::Unnamed => Err(Errno::EINVAL),
        UnixName::Path(path) => UnixAddr::from_path(path),
        UnixName::Abstract(name) => UnixAddr::from_abstract(name),
    }
}
