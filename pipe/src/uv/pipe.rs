//! What a pipe handle is, and how it gets its descriptor.

use std::fmt;
use std::ops::Deref;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Ctx, Errno, Key, Kind};
use uvox_stream::uv::{Channel, Connection, Passed, Stream, StreamState};

use super::bind::{self, Bound, Unlink};

/// A Unix-domain socket, connected or listening, or one end of a pipe (`uv_pipe_t`). It is the name of a handle, and can be copied freely.
///
/// What it does with bytes and with descriptors that are passed is a [`Stream`]'s, to which it derefs; here is what is a pipe's own. Its
/// callbacks run from the loop only, never inside a call made here, and may close it.
///
/// # Contract
///
/// - A handle has no descriptor at first. [`bind`](Pipe::bind) and [`connect`](Pipe::connect) make a socket;
///   [`open`](Stream::open) takes a connected or bound socket, a FIFO, or either end of a `pipe(2)`, which then is readable or writable only.
/// - [`Ctx::close`] cancels what is pending as on every [`Stream`], closes descriptors that were passed and not taken, and removes the path that
///   the handle was bound to, if that still is its own: see [`Unlink`].
///
/// # Passing descriptors
///
/// Over a handle made by [`Pipe::new_ipc`], or told to by [`Stream::pass_descriptors`], descriptors can be passed: [`write2`](Stream::write2) sends them,
/// [`take_pending`](Stream::take_pending) takes those that were received.
///
/// ```
/// use std::os::fd::AsFd;
/// use uvox_loop::{Errno, Loop, RunMode, sys};
/// use uvox_pipe::uv::Pipe;
///
/// let mut lp = Loop::new()?;
/// let (one, other) = Pipe::pair(&mut lp)?;
/// for end in [one, other] {
///     end.pass_descriptors(&mut lp)?;
/// }
/// let (reader, writer) = sys::pipe()?;
/// one.write2(&mut lp, b"take it", [writer.into()], |cx, one, _| cx.close(one, |_| ()).unwrap())?;
/// other.read_start(&mut lp, |cx, other, data| match data {
///     Ok(bytes) => {
///         assert_eq!(bytes, b"take it");
///         let writer = other.take_pending(cx).unwrap();
///         sys::write(writer.as_fd(), b"got it").unwrap();
///     }
///     Err(_) => cx.close(other, |_| ()).unwrap(),
/// })?;
/// lp.run(RunMode::Default)?;
/// let mut answer = [0; 6];
/// assert_eq!((sys::read(reader.as_fd(), &mut answer)?, &answer), (6, b"got it"));
/// # Ok::<(), Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pipe(pub(super) Stream);

/// What every pipe handle is called, and what it does.
pub(super) static PIPE: Kind<StreamState> = Stream::kind("pipe").on_stop(bind::on_stop);

/// What a pipe keeps with its stream, if there is anything to keep.
#[derive(Debug, Default)]
pub(super) struct PipeExtra {
    /// The path that is ours (`pipe_fname`).
    pub(super) bound: Option<Bound>,
    pub(super) unlink: Unlink,
}

impl Pipe {
    /// A handle without a descriptor (`uv_pipe_init`).
    #[track_caller]
    pub fn new(cx: &mut Ctx) -> Pipe {
        Pipe(Stream::new(cx, &PIPE))
    }

    /// One over which descriptors can be passed, as soon as it is connected (`uv_pipe_init` with `ipc`). It cannot listen.
    #[track_caller]
    pub fn new_ipc(cx: &mut Ctx) -> Pipe {
        let pipe = Pipe::new(cx);
        // It was made just now.
        let _ = pipe.pass_descriptors(cx);
        pipe
    }

    /// A handle on a connection that a listener accepted (`uv_accept`). Any listener's connection will do, also that of one in another loop.
    ///
    /// # Errors
    ///
    /// As [`Stream::accept`].
    #[track_caller]
    pub fn accept(cx: &mut Ctx, connection: Connection) -> Result<Pipe, Errno> {
        Stream::accept(cx, &PIPE, connection).map(Pipe)
    }

    /// The stream that it is.
    pub fn stream(self) -> Stream {
        self.0
    }

    /// The pipe of that name, of a [`Stream`] for example that a callback was given. If there is none, or it is of something else, calls that are a
    /// pipe's own say `EBADF`.
    ///
    /// ```
    /// # use uvox_loop::{Errno, Loop};
    /// # use uvox_pipe::uv::Pipe;
    /// # let mut lp = Loop::new()?;
    /// let pipe = Pipe::new(&mut lp);
    /// assert_eq!(Pipe::from_key(pipe.stream()), pipe);
    /// # Ok::<(), Errno>(())
    /// ```
    pub fn from_key(key: impl Into<Key>) -> Pipe {
        Pipe(Stream::from_key(key.into()))
    }

    /// Whether it is one of ours, open or closing.
    pub(super) fn check(self, cx: &Ctx) -> Result<(), Errno> {
        match cx.info(self) {
            Some(info) if info.kind == PIPE.name() => Ok(()),
            _ => Err(Errno::EBADF),
        }
    }

    /// The same for calls that start something, which on a closing handle is `EINVAL`.
    pub(crate) fn check_open(self, cx: &Ctx) -> Result<(), Errno> {
        self.check(cx)?;
        if cx.is_closing(self) {
            return Err(Errno::EINVAL);
        }
        Ok(())
    }

    /// Whether it has a descriptor.
    pub(super) fn has_descriptor(self, cx: &Ctx) -> bool {
        cx.descriptor(self).is_some()
    }

    /// Sees to it that there is a socket; one that is there stays.
    pub(super) fn need_socket(self, cx: &mut Ctx) -> Result<(), Errno> {
        if self.has_descriptor(cx) {
            return Ok(());
        }
        let socket = sys::socket(Domain::UNIX, Type::STREAM, None)?;
        self.0.take_socket(cx, socket, Channel::Unix)
    }
}

impl Deref for Pipe {
    type Target = Stream;

    fn deref(&self) -> &Stream {
        &self.0
    }
}

impl From<Pipe> for Stream {
    fn from(pipe: Pipe) -> Stream {
        pipe.0
    }
}

impl From<Pipe> for Key {
    fn from(pipe: Pipe) -> Key {
        pipe.0.into()
    }
}

impl From<Pipe> for Passed<'_> {
    fn from(pipe: Pipe) -> Self {
        pipe.0.into()
    }
}

impl fmt::Debug for Pipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pipe({})", Key::from(*self))
    }
}
