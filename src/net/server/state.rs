//! A server's name, its state, and what can be asked of it.

use std::fmt;
use std::path::PathBuf;

use uvox_loop::{Ctx, Handle, Kind, State};
use uvox_stream::node::HandleWrap;

use super::closing::Draining;
use super::events::Listening;
use super::options::ServerOptions;
use crate::net::Socket;
use crate::net::wrap::{Address, Wrap};
use crate::{Error, env};

/// What listens for connections, and makes a [`Socket`] of each (`net.Server`). It is a name, and can be copied freely.
///
/// # Contract
///
/// - Calls are leaves: no listener and no callback runs inside them.
/// - That it listens, or cannot, is told in a later tick: 'listening', or 'error'.
/// - 'close' is emitted in a tick, when it does not listen any more and its last connection is gone. Then the state leaves the table in the next closing phase, and with
///   it the listeners, unless a listener of 'close' has told it to listen again, or it was made to be [kept](ServerOptions::keep). One that was never closed, or that
///   was told to listen after that and could not, stays until the loop ends.
/// - A connection for which there is no descriptor is no event of the server's, as in Node: it is closed at once, unless the loop's listeners have [another
///   policy](crate::net::set_out_of_descriptors), and [`on_out_of_descriptors`](crate::net::on_out_of_descriptors) tells. What else `accept` fails with is an
///   'error', and the server goes on.
/// - Of a server that is gone calls do nothing; [`listen`](Server::listen) fails with `ERR_SERVER_NOT_RUNNING`, and callbacks are told, in a tick.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Server(pub(super) Handle<ServerState>);

/// The state behind a [`Server`].
pub struct ServerState {
    pub(super) wrap: Option<Wrap>,
    pub(super) options: ServerOptions,
    pub(super) listening: Listening,
    /// Those that are not destroyed. Each knows its place here.
    pub(super) connections: Vec<Socket>,
    pub(super) max_connections: Option<usize>,
    /// It was paused, so that nobody is accepted.
    pub(super) paused: bool,
    pub(super) unref: bool,
    /// Counts the calls of `listen` and `close`: a lookup that was begun before another one is not heard.
    pub(super) listening_id: u64,
    /// It was closed, and has not been told to listen since: it goes when that was told.
    pub(super) closed: bool,
    /// So many 'close' are to be emitted yet.
    pub(super) closes: u32,
    pub(super) path: Option<PathBuf>,
    pub(super) draining: Option<Draining>,
}

static SERVER: Kind<ServerState> = Kind::new("server");

impl State for ServerState {
    const KIND: &'static Kind<ServerState> = &SERVER;
}

impl Server {
    /// A server that does not listen yet (`new net.Server`).
    #[track_caller]
    pub fn new(cx: &mut Ctx, options: ServerOptions) -> Server {
        let server = Server(cx.insert(ServerState {
            wrap: None,
            options,
            listening: Listening::default(),
            connections: Vec::new(),
            max_connections: None,
            paused: false,
            unref: false,
            listening_id: 0,
            closed: false,
            closes: 0,
            path: None,
            draining: None,
        }));
        // It was made just now.
        let _ = cx.set_internal(server.0);
        server
    }

    pub(super) fn state(self, cx: &Ctx) -> Option<&ServerState> {
        cx.state(self.0)
    }

    pub(super) fn state_mut(self, cx: &mut Ctx) -> Option<&mut ServerState> {
        cx.state_mut(self.0)
    }

    /// The same, until the state is on its way out.
    pub(super) fn open_state(self, cx: &mut Ctx) -> Option<&mut ServerState> {
        cx.open_state(self.0).ok()
    }

    /// What it stands on, while it listens.
    pub fn wrap(self, cx: &Ctx) -> Option<Wrap> {
        self.state(cx)?.wrap
    }

    /// Whether it listens (`listening`).
    pub fn is_listening(self, cx: &Ctx) -> bool {
        self.wrap(cx).is_some()
    }

    /// Where it listens (`address()`); `None` if it does not.
    pub fn address(self, cx: &mut Ctx) -> Option<Address> {
        let state = self.state(cx)?;
        match state.wrap? {
            Wrap::Pipe(_) => state.path.clone().map(Address::Path),
            wrap @ Wrap::Tcp(_) => wrap.getsockname(cx)?.ok().map(Address::Ip),
        }
    }

    /// The port that it listens on: what is most often asked of [`Server::address`].
    pub fn port(self, cx: &mut Ctx) -> Option<u16> {
        self.address(cx)?.port()
    }

    /// More connections than so many are closed as soon as they are accepted, and ['drop'](Server::on_drop) tells (`maxConnections`). `None`, the default, and
    /// 0, as in Node, are no limit.
    pub fn set_max_connections(self, cx: &mut Ctx, max: Option<usize>) {
        if let Some(state) = self.state_mut(cx) {
            state.max_connections = max.filter(|max| *max > 0);
        }
    }

    /// How many connections there are, at once.
    pub fn connections(self, cx: &Ctx) -> usize {
        self.state(cx).map_or(0, |state| state.connections.len())
    }

    /// Calls back in a tick with how many connections there are (`getConnections`).
    pub fn get_connections(
        self,
        cx: &mut Ctx,
        callback: impl FnOnce(&mut Ctx, Result<usize, Error>) + 'static,
    ) {
        let count = self.connections(cx);
        env::next_tick(cx, move |cx| callback(cx, Ok(count)));
    }

    /// Lets it keep the loop alive while it listens, which it does unless it was [unref](Server::unref)'d (`ref`).
    pub fn ref_(self, cx: &mut Ctx) {
        self.set_unref(cx, false);
    }

    /// Lets the loop end though it listens, now or later (`unref`).
    pub fn unref(self, cx: &mut Ctx) {
        self.set_unref(cx, true);
    }

    fn set_unref(self, cx: &mut Ctx, unref: bool) {
        let Some(state) = self.state_mut(cx) else {
            return;
        };
        state.unref = unref;
        match (state.wrap, unref) {
            (Some(wrap), true) => drop(wrap.unref(cx)),
            (Some(wrap), false) => drop(wrap.ref_(cx)),
            (None, _) => {}
        }
    }

    /// Accepts nobody for now: connections wait in the kernel, up to the backlog. Node has nothing of the kind.
    pub fn pause(self, cx: &mut Ctx) {
        self.set_paused(cx, true);
    }

    /// Accepts again.
    pub fn resume(self, cx: &mut Ctx) {
        self.set_paused(cx, false);
    }

    fn set_paused(self, cx: &mut Ctx, paused: bool) {
        if let Some(state) = self.state_mut(cx) {
            state.paused = paused;
            self.apply_paused(cx);
        }
    }

    pub(super) fn apply_paused(self, cx: &mut Ctx) {
        let Some(state) = self.state(cx) else {
            return;
        };
        let (paused, wrap) = (state.paused, state.wrap);
        if let Some(stream) = wrap.and_then(|wrap| wrap.listener(cx)) {
            // It listens, so neither can fail.
            let _ = match paused {
                true => stream.pause_accept(cx),
                false => stream.resume_accept(cx),
            };
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Server({})", self.0.key())
    }
}

impl fmt::Debug for ServerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerState")
            .field("wrap", &self.wrap)
            .field("options", &self.options)
            .field("connections", &self.connections.len())
            .finish_non_exhaustive()
    }
}
