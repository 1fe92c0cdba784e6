//! Binding, and what becomes of the path afterwards (`uv_pipe_bind2`, `uv__pipe_close`).

use std::path::{Path, PathBuf};

use uvox_loop::sys::{self, Identity, UnixAddr, UnixName};
use uvox_loop::{Ctx, Errno, Key, emit_around};
use uvox_stream::uv::Stream;

use super::name;
use super::pipe::{Pipe, PipeExtra};

/// Whether the path that a handle was bound to is removed when the handle is closed. An abstract name ends with its socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unlink {
    /// It stays. The next one who wants to bind to it has to remove it first.
    Never,
    /// It is removed if it still names the file that the bind made, and not what somebody else has put there since.
    #[default]
    IfOurs,
    /// Whatever it names is removed. What libuv does.
    Always,
}

/// A path that a handle was bound to.
#[derive(Debug)]
pub(super) struct Bound {
    path: PathBuf,
    /// Which file it named right after the bind.
    identity: Option<Identity>,
}

impl Bound {
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn is_ours(&self) -> bool {
        self.identity.is_some() && sys::identity(&self.path).ok() == self.identity
    }
}

impl Pipe {
    /// Makes a socket and gives it an address (`uv_pipe_bind2`): a path at which it makes a file, or on Linux an abstract name, after a zero byte.
    /// A path is never cut. The file is removed when the handle is closed: see [`Unlink`].
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop};
    /// use uvox_pipe::uv::Pipe;
    ///
    /// let mut lp = Loop::new()?;
    /// let pipe = Pipe::new(&mut lp);
    /// assert_eq!(pipe.bind(&mut lp, "/tmp/".repeat(30)), Err(Errno::ENAMETOOLONG));
    /// # #[cfg(target_os = "linux")]
    /// pipe.bind(&mut lp, "\0uvox/example/bind")?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `ENAMETOOLONG` if the path is longer than the system's 108 or 104 bytes; `EINVAL` if it is empty or has a zero byte in the middle; `ENOTSUP` for an
    /// abstract name where there are none. `EBADF` if the handle is gone; `EINVAL` if it is closing or has a descriptor, be it that it was
    /// bound. `EADDRINUSE` if there is something at the path, or the name is taken: at once, unlike TCP. `EACCES` if the directory may not be
    /// written to or is not there, which libuv tells alike. `EMFILE` or `ENFILE` if there is no descriptor left.
    pub fn bind(self, cx: &mut Ctx, path: impl AsRef<Path>) -> Result<(), Errno> {
        let address = name::of_path(path.as_ref())?;
        self.bind_to(cx, address)
    }

    /// The same with a name as the kernel has them. To bind to [`UnixName::Unnamed`] lets Linux choose an abstract name, which
    /// [`getsockname`](Pipe::getsockname) tells.
    ///
    /// # Errors
    ///
    /// As [`Pipe::bind`]; `EINVAL` for no name where there are no abstract ones.
    pub fn bind_name(self, cx: &mut Ctx, name: UnixName<'_>) -> Result<(), Errno> {
        let chosen_by_the_kernel = UnixName::Unnamed;
        let address = if name == chosen_by_the_kernel && UnixAddr::from_abstract("").is_ok() {
            UnixAddr::UNNAMED
        } else {
            name::of_name(name)?
        };
        self.bind_to(cx, address)
    }

    fn bind_to(self, cx: &mut Ctx, address: UnixAddr) -> Result<(), Errno> {
        emit_around!(Uv, "pipe.bind" @ self, address = address.to_string()
            => self.make_bound(cx, address))
    }

    fn make_bound(self, cx: &mut Ctx, address: UnixAddr) -> Result<(), Errno> {
        self.check_open(cx)?;
        if self.has_descriptor(cx) {
            return Err(Errno::EINVAL);
        }
        self.need_socket(cx)?;
        let bound = sys::bind(cx.descriptor(self).ok_or(Errno::EBADF)?, address);
        if let Err(errno) = bound {
            // The handle is as before, and can be bound to something else.
            let _ = cx.take_descriptor(self).map(sys::close);
            return Err(match errno {
                Errno::ENOENT => Errno::EACCES,
                errno => errno,
            });
        }
        if let Some(path) = address.path()
            && let Some(extra) = self.0.extra::<PipeExtra>(cx)
        {
            extra.bound = Some(Bound {
                path: path.to_owned(),
                identity: sys::identity(path).ok(),
            });
        }
        Ok(())
    }

    /// Says whether the path that the handle is bound to is removed when the handle is closed; it may be called before or after the bind.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing.
    pub fn set_unlink(self, cx: &mut Ctx, unlink: Unlink) -> Result<(), Errno> {
        self.check_open(cx)?;
        self.0.extra::<PipeExtra>(cx).ok_or(Errno::EBADF)?.unlink = unlink;
        Ok(())
    }
}

/// `uv__pipe_close`.
pub(super) fn on_stop(cx: &mut Ctx, key: Key) {
    let pipe = Pipe::from_key(key);
    // A socket that was given away lives on, and its path with it, whatever descriptor the handle has got since.
    if let Some(extra) = pipe.0.get_extra::<PipeExtra>(cx)
        && let Some(bound) = &extra.bound
        && let Ok(address) = pipe.getsockname(cx)
        && address.path() == Some(&bound.path)
    {
        let remove = match extra.unlink {
            Unlink::Never => false,
            Unlink::IfOurs => bound.is_ours(),
            Unlink::Always => true,
        };
        if remove {
            // Before the descriptor is closed, lest another socket binds to the path in between. If it cannot be removed, there is nobody to
            // tell.
            let _ = emit_around!(Uv, "pipe.unlink" @ pipe => sys::unlink(&bound.path));
        }
    }
    Stream::on_stop(cx, key);
}
