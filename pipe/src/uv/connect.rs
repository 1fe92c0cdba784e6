//! Connecting (`uv_pipe_connect2`).

use std::path::Path;

use uvox_loop::sys::{self, UnixAddr, UnixName};
use uvox_loop::{Ctx, Errno, emit_around};

use super::name;
use super::pipe::Pipe;

impl Pipe {
    /// Connects to the socket at a path, or on Linux, after a zero byte, to that with an abstract name (`uv_pipe_connect2`). `done` is called from the
    /// loop with how that ended, even if it is known at once: `ENOENT` if there is nothing at the path, `ECONNREFUSED` if nobody listens there,
    /// `EAGAIN` if more wait there already than its backlog has room for, `EACCES` if the path may not be written to, `EMFILE` if there is no
    /// descriptor for a socket; `ECANCELED` if the handle is closed before. Until then the handle can be written to, which is queued, and be
    /// told to read. After a failure it can try again. A handle that was [bound](Pipe::bind) connects from its own address.
    ///
    /// ```
    /// use uvox_loop::{Errno, Loop, RunMode};
    /// use uvox_pipe::uv::Pipe;
    ///
    /// let mut lp = Loop::new()?;
    /// let pipe = Pipe::new(&mut lp);
    /// pipe.connect(&mut lp, "/nobody/there", |cx, pipe, result| {
    ///     assert_eq!(result, Err(Errno::ENOENT));
    ///     cx.close(pipe, |_| ()).unwrap();
    /// })?;
    /// lp.run(RunMode::Default)?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Of the name, at once: `ENAMETOOLONG` if the path is longer than the system's 108 or 104 bytes; `EINVAL` if it is empty or has a zero byte in the
    /// middle; `ENOTSUP` for an abstract name where there are none. `EBADF` if the handle is gone, `EINVAL` if it is closing or listens;
    /// `EALREADY` if an attempt goes on, `EISCONN` if it is connected; what the poller says if it cannot watch. `done` is dropped then.
    pub fn connect(
        self,
        cx: &mut Ctx,
        path: impl AsRef<Path>,
        done: impl FnOnce(&mut Ctx, Pipe, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        let address = name::of_path(path.as_ref())?;
        self.connect_to(cx, address, done)
    }

    /// The same with a name as the kernel has them.
    ///
    /// # Errors
    ///
    /// As [`Pipe::connect`]; `EINVAL` for [`UnixName::Unnamed`].
    pub fn connect_name(
        self,
        cx: &mut Ctx,
        name: UnixName<'_>,
        done: impl FnOnce(&mut Ctx, Pipe, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        let address = name::of_name(name)?;
        self.connect_to(cx, address, done)
    }

    fn connect_to(
        self,
        cx: &mut Ctx,
        address: UnixAddr,
        done: impl FnOnce(&mut Ctx, Pipe, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        emit_around!(Uv, "pipe.connect" @ self, address = address.to_string()
            => self.begin_connecting(cx, address, done))
    }

    fn begin_connecting(
        self,
        cx: &mut Ctx,
        address: UnixAddr,
        done: impl FnOnce(&mut Ctx, Pipe, Result<(), Errno>) + 'static,
    ) -> Result<(), Errno> {
        self.check_open(cx)?;
        self.check_unconnected(cx)?;
        if self.is_listening(cx) {
            return Err(Errno::EINVAL);
        }
        let started = self.start_connect(cx, address);
        self.0.begin_connect(cx, started, |cx, stream, result| {
            done(cx, Pipe(stream), result);
        })
    }

    fn start_connect(self, cx: &mut Ctx, address: UnixAddr) -> Result<(), Errno> {
        self.need_socket(cx)?;
        sys::connect(cx.descriptor(self).ok_or(Errno::EBADF)?, address)
    }
}
