//! Listening and accepting (`uv_listen`, `uv__server_io`).

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use uvox_loop::{Callback, Ctx, Errno, Interest, emit, emit_around, sys, trace};

use super::descriptors::is_shortage;
use super::state::{Channel, Stream, StreamState};

type OnConnection = dyn FnMut(&mut Ctx, Stream, Result<Connection, Errno>);

/// Whether a stream listens, and who is told of connections.
#[derive(Debug, Default)]
pub(super) struct Listener {
    pub(super) accepting: Accepting,
    batch: Batch,
    on_connection: Callback<OnConnection>,
}

/// How many connections a listener looks for when it hears of some.
///
/// To find out that there are no more takes a call of its own, which a connection that comes alone would have to pay. So it looks for as many as
/// there were the last time: the kernel repeats itself if there are more, and if it does so in the very next turn, twice as many are looked for.
#[derive(Clone, Copy, Debug, Default)]
struct Batch {
    /// `None`: as many as may be, until it is known better.
    expected: Option<u32>,
    /// The turn in which all were there that were expected.
    full_in: u64,
}

impl Batch {
    /// How many to look for in this turn.
    fn begin(&mut self, turn: u64, most: u32) -> u32 {
        if let Some(expected) = &mut self.expected
            && self.full_in + 1 == turn
        {
            *expected = expected.saturating_mul(2);
        }
        let count = self.expected.unwrap_or(most).min(most);
        self.expected = self.expected.map(|_| count);
        self.full_in = turn;
        count
    }

    /// There were only so many.
    fn end(&mut self, found: u32) {
        self.expected = Some(found.max(1));
        self.full_in = 0;
    }
}

/// Whether connections are accepted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Accepting {
    /// It does not listen.
    #[default]
    Never,
    Yes,
    /// The user paused it.
    Paused,
    /// There was no descriptor for the next connection.
    Starved,
}

impl Listener {
    pub(super) fn is_on(&self) -> bool {
        self.accepting != Accepting::Never
    }

    /// Whether somebody is told of connections, or was and may be still.
    pub(super) fn is_set(&self) -> bool {
        self.on_connection.is_set()
    }
}

impl StreamState {
    pub(super) fn end_listening(&mut self) {
        if let Some(rare) = &mut self.rare {
            rare.listener.accepting = Accepting::Never;
        }
    }

    pub(super) fn is_accepting(&self, accepting: Accepting) -> bool {
        self.rare
            .as_ref()
            .is_some_and(|rare| rare.listener.accepting == accepting)
    }
}

/// A connection that a listener accepted. Make it a stream with [`Stream::accept`] or with what the crate offers that made the listener; or take its
/// descriptor, to give it to another loop or process. Dropped, it is closed.
#[derive(Debug)]
pub struct Connection {
    fd: OwnedFd,
    channel: Channel,
}

impl Connection {
    pub(super) fn channel(&self) -> Channel {
        self.channel
    }
}

impl AsFd for Connection {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl From<Connection> for OwnedFd {
    fn from(connection: Connection) -> OwnedFd {
        connection.fd
    }
}

impl Stream {
    /// Waits for connections on the stream's socket, of which up to about `backlog` may be ready to be accepted, and calls `on_connection` with each
    /// (`uv_listen`). In a turn as many are accepted as there were the last time, at first all, and up to
    /// [`Budgets::accepts`](uvox_loop::Budgets::accepts); the rest follows in the next, where it may be twice as many. A stream that listens already goes on with the new backlog and callback.
    ///
    /// `on_connection` also gets what `accept` says if it is an error, and accepting goes on: not `ECONNABORTED`, which is of no concern to
    /// anybody, and not a want of descriptors, for which there is a [policy](super::OutOfDescriptors). After an error that
    /// is not a connection's own, accepting pauses for a moment, lest the loop spins.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone or has no socket, `EINVAL` if it is closing or connected, and what `listen` says: `EADDRINUSE`.
    pub fn listen(
        self,
        cx: &mut Ctx,
        backlog: i32,
        on_connection: impl FnMut(&mut Ctx, Stream, Result<Connection, Errno>) + 'static,
    ) -> Result<(), Errno> {
        emit_around!(Uv, "stream.listen" @ self, backlog = backlog
            => self.begin_listening(cx, backlog, Box::new(on_connection)))
    }

    fn begin_listening(
        self,
        cx: &mut Ctx,
        backlog: i32,
        on_connection: Box<OnConnection>,
    ) -> Result<(), Errno> {
        if cx.open_state(self.0)?.is_connecting() {
            return Err(Errno::EINVAL);
        }
        self.reserve_descriptor(cx);
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        sys::listen(parts.fd, backlog)?;
        // One that came from elsewhere was taken for connected.
        parts.state.reader.end();
        parts.state.sending.fail();
        let listener = &mut parts.state.rare_mut().listener;
        listener.on_connection = Callback::Set(on_connection);
        let was_paused = matches!(listener.accepting, Accepting::Paused | Accepting::Starved);
        if !was_paused {
            cx.watch_level(self.0, Interest::READABLE)?;
            cx.open_state(self.0)?.rare_mut().listener.accepting = Accepting::Yes;
        }
        cx.set_active(self.0, true)
    }

    /// Stops accepting: connections wait in the kernel, up to the backlog. The stream still listens, and keeps the loop alive. Doing so again changes
    /// nothing.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, `EINVAL` if it is closing or does not listen.
    pub fn pause_accept(self, cx: &mut Ctx) -> Result<(), Errno> {
        self.set_accepting(cx, Accepting::Paused)
    }

    /// Goes on accepting. Doing so again changes nothing; of a listener that waits for a descriptor it is taken as an order to try again.
    ///
    /// # Errors
    ///
    /// As [`Stream::pause_accept`].
    pub fn resume_accept(self, cx: &mut Ctx) -> Result<(), Errno> {
        self.set_accepting(cx, Accepting::Yes)
    }

    /// Whether it listens.
    pub fn is_listening(self, cx: &Ctx) -> bool {
        !cx.is_closing(self.0) && cx.state(self.0).is_some_and(StreamState::is_listening)
    }

    pub(super) fn set_accepting(self, cx: &mut Ctx, accepting: Accepting) -> Result<(), Errno> {
        let rare = cx.open_state(self.0)?.rare.as_ref();
        let listener = rare.map(|rare| &rare.listener).filter(|it| it.is_on());
        if listener.ok_or(Errno::EINVAL)?.accepting == accepting {
            return Ok(());
        }
        let interest = if accepting == Accepting::Yes {
            Interest::READABLE
        } else {
            Interest::NONE
        };
        // If it fails, nothing has changed, and it can be tried again.
        cx.watch_level(self.0, interest)?;
        emit!(Uv, "stream.accepting" @ self, now = format!("{accepting:?}"));
        cx.open_state(self.0)?.rare_mut().listener.accepting = accepting;
        Ok(())
    }

    /// Accepts what is there, within the budget (`uv__server_io`).
    pub(super) fn run_accepts(self, cx: &mut Ctx) {
        cx.take_ready(self.0);
        let (turn, most) = (cx.metrics().turns, cx.budgets().accepts);
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        for found in 0..state.rare_mut().listener.batch.begin(turn, most) {
            let Some(parts) = cx.parts(self.0) else {
                return;
            };
            if !parts.state.is_accepting(Accepting::Yes) {
                return;
            }
            let channel = parts.state.channel;
            let accepted = sys::accept(parts.fd);
            let _cause =
                emit!(Uv, "stream.connection" @ self, result = told(&accepted)).map(trace::cause);
            match accepted {
                Ok(fd) => self.tell_connection(cx, Ok(Connection { fd, channel })),
                Err(Errno::EAGAIN) => {
                    if let Some(state) = cx.state_mut(self.0) {
                        state.rare_mut().listener.batch.end(found);
                    }
                    return;
                }
                Err(Errno::ECONNABORTED) => {}
                Err(errno) if is_shortage(errno) => return self.run_short(cx, errno),
                Err(errno) => {
                    if !is_of_one_connection(errno) {
                        self.back_off(cx);
                    }
                    self.tell_connection(cx, Err(errno));
                }
            }
        }
        // The kernel repeats itself while there are more.
    }

    fn tell_connection(self, cx: &mut Ctx, connection: Result<Connection, Errno>) {
        cx.call(
            self.0,
            |state: &mut StreamState| &mut state.rare_mut().listener.on_connection,
            |on_connection, cx| on_connection(cx, self, connection),
        );
    }
}

/// What a trace shows of it: the descriptor's number.
fn told(accepted: &Result<OwnedFd, Errno>) -> Result<usize, Errno> {
    let fd = accepted.as_ref().map_err(|errno| *errno)?;
    Ok(usize::try_from(fd.as_raw_fd()).unwrap_or_default())
}

/// Whether an error is what the network had for a connection that was waiting, so that others behind it may be well (Linux).
fn is_of_one_connection(errno: Errno) -> bool {
    [
        Errno::ENETDOWN,
        Errno::EPROTO,
        Errno::ENOPROTOOPT,
        Errno::EHOSTDOWN,
        Errno::EHOSTUNREACH,
        Errno::EOPNOTSUPP,
        Errno::ENETUNREACH,
        Errno::ETIMEDOUT,
        Errno::EPERM,
        Errno::ECONNRESET,
    ]
    .contains(&errno)
}
