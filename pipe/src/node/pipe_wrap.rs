//! The pipes' wrap (`PipeWrap`, `pipe_wrap.cc`).

use std::fmt;
use std::ops::Deref;
use std::os::fd::OwnedFd;
use std::path::Path;

use uvox_loop::sys::DescriptorKind;
use uvox_loop::{Ctx, Errno, emit_around};
use uvox_stream::node::{ConnectionWrap, HandleWrap, LibuvStreamWrap, StreamBase};
use uvox_stream::uv::Connection;

use crate::uv::Pipe;

/// A Unix-domain socket, connected or listening, or one end of a pipe, as Node's `net` uses it (`PipeWrap`). It is a name, and can be copied
/// freely.
///
/// What it reads and writes is a [`StreamBase`]'s; it derefs to a [`LibuvStreamWrap`], and that to the base. How it is
/// closed, [`HandleWrap`] says; [`set_on_connection`](ConnectionWrap::set_on_connection) is a [`ConnectionWrap`]'s. As in Node there is no `getsockname`: the
/// [uv handle](PipeWrap::pipe) has one.
///
/// Calls are leaves: callbacks run from the loop only, never inside a call made here.
///
/// # When it is closing
///
/// | | between `close` and its callback | in the callback | after it |
/// | --- | --- | --- | --- |
/// | [`open`](PipeWrap::open), [`bind`](PipeWrap::bind), [`listen`](PipeWrap::listen), [`connect`](PipeWrap::connect) | `EINVAL` | `EINVAL` | `EBADF` |
/// | [`fchmod`](PipeWrap::fchmod) | `EBADF` | `EBADF` | `EBADF` |
///
/// And see [`HandleWrap`] for what all wraps say then.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct PipeWrap(LibuvStreamWrap);

/// What a wrap is to be (`PipeWrap::SocketType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SocketType {
    /// A connection, or an end of a pipe (`SOCKET`).
    Socket,
    /// A listener (`SERVER`).
    Server,
    /// A connection over which handles are passed (`IPC`). It cannot listen.
    Ipc,
}

impl SocketType {
    fn provider(self) -> &'static str {
        match self {
            SocketType::Socket | SocketType::Ipc => "PIPEWRAP",
            SocketType::Server => "PIPESERVERWRAP",
        }
    }
}

impl PipeWrap {
    /// A wrap without a descriptor (`New`).
    #[track_caller]
    pub fn new(cx: &mut Ctx, socket_type: SocketType) -> PipeWrap {
        let pipe = match socket_type {
            SocketType::Ipc => Pipe::new_ipc(cx),
            SocketType::Socket | SocketType::Server => Pipe::new(cx),
        };
        PipeWrap::on(cx, pipe, socket_type)
    }

    #[track_caller]
    fn on(cx: &mut Ctx, pipe: Pipe, socket_type: SocketType) -> PipeWrap {
        let provider = socket_type.provider();
        PipeWrap(LibuvStreamWrap::on_new(cx, pipe.stream(), provider))
    }

    /// The uv handle, until the close callback.
    pub fn pipe(self, cx: &Ctx) -> Option<Pipe> {
        self.stream(cx).map(Pipe::from_key)
    }

    /// The uv handle, for calls that start something.
    pub(super) fn open_below(self, cx: &Ctx) -> Result<Pipe, Errno> {
        let key = self.handle(cx).ok_or(Errno::EBADF)?;
        if self.is_closing(cx) {
            return Err(Errno::EINVAL);
        }
        Ok(Pipe::from_key(key))
    }

    /// Takes a descriptor from elsewhere: a Unix-domain socket, or an end of a pipe (`Open`).
    ///
    /// # Errors
    ///
    /// As [`Stream::open`](uvox_stream::uv::Stream::open); see also [above](PipeWrap). The descriptor is closed then.
    pub fn open(self, cx: &mut Ctx, fd: impl Into<OwnedFd>) -> Result<(), Errno> {
        emit_around!(Base, "base.open" @ self.stream_base() => {
            // Any stream can be opened; what is no pipe is not ours to open.
            let pipe = self.open_below(cx);
            let pipe = pipe.and_then(|pipe| pipe.check_open(cx).map(|()| pipe));
            pipe.and_then(|pipe| pipe.open(cx, fd.into()))
        })
    }

    /// Makes a socket and binds it to a path, or an abstract name (`Bind`).
    ///
    /// # Errors
    ///
    /// `EINVAL` if it has a descriptor already; `EADDRINUSE` if there is something at the path; and as [`Pipe::bind`]; see also [above](PipeWrap).
    pub fn bind(self, cx: &mut Ctx, path: impl AsRef<Path>) -> Result<(), Errno> {
        let path = path.as_ref();
        emit_around!(Base, "base.bind" @ self.stream_base(), path = path.display().to_string() => {
            let pipe = self.open_below(cx);
            pipe.and_then(|pipe| pipe.bind(cx, path))
        })
    }

    /// Waits for connections, of which up to about `backlog` may be ready to be accepted (`Listen`); they come to the callback that was
    /// [set](ConnectionWrap::set_on_connection).
    ///
    /// # Errors
    ///
    /// `EINVAL` if it is not bound, or of type [`Ipc`](SocketType::Ipc); and as [`Pipe::listen`]; see also [above](PipeWrap).
    pub fn listen(self, cx: &mut Ctx, backlog: i32) -> Result<(), Errno> {
        let on_connection = move |cx: &mut Ctx, _, connection| self.on_connection(cx, connection);
        emit_around!(Base, "base.listen" @ self.stream_base(), backlog = backlog => {
            let pipe = self.open_below(cx);
            pipe.and_then(|pipe| pipe.listen(cx, backlog, on_connection))
        })
    }

    /// Lets everybody read from the path that it is bound to, 1, write to it, 2, or both, 3 (`Fchmod`).
    ///
    /// # Errors
    ///
    /// `EBADF` if it is not bound; `EINVAL` for another number; and as [`Pipe::chmod`]; see also [above](PipeWrap).
    pub fn fchmod(self, cx: &Ctx, mode: i32) -> Result<(), Errno> {
        const READABLE: i32 = 1;
        const WRITABLE: i32 = 2;
        let pipe = Pipe::from_key(self.handle(cx).ok_or(Errno::EBADF)?);
        let (readable, writable) = (mode & READABLE != 0, mode & WRITABLE != 0);
        if mode & !(READABLE | WRITABLE) != 0 {
            // That there is nothing bound is told first, and so is what neither of the two means.
            return pipe.chmod(cx, false, false);
        }
        pipe.chmod(cx, readable, writable)
    }
}

impl HandleWrap for PipeWrap {
    fn stream_base(self) -> StreamBase {
        *self.0
    }
}

impl ConnectionWrap for PipeWrap {
    fn accept(cx: &mut Ctx, connection: Connection) -> Result<PipeWrap, Errno> {
        let pipe = Pipe::accept(cx, connection)?;
        Ok(PipeWrap::on(cx, pipe, SocketType::Socket))
    }

    fn accepts(kind: DescriptorKind) -> bool {
        matches!(kind, DescriptorKind::UnixStream | DescriptorKind::Pipe)
    }

    fn accept_descriptor(cx: &mut Ctx, fd: OwnedFd) -> Result<PipeWrap, Errno> {
        let pipe = Pipe::new(cx);
        if let Err(errno) = pipe.open(cx, fd) {
            cx.discard(pipe)?;
            return Err(errno);
        }
        Ok(PipeWrap::on(cx, pipe, SocketType::Socket))
    }

    fn from_base(base: StreamBase) -> PipeWrap {
        PipeWrap(LibuvStreamWrap::from_base(base))
    }
}

impl Deref for PipeWrap {
    type Target = LibuvStreamWrap;

    fn deref(&self) -> &LibuvStreamWrap {
        &self.0
    }
}

impl fmt::Debug for PipeWrap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = self.stream_base();
        f.debug_tuple("PipeWrap").field(&base).finish()
    }
}
