//! A socket's name, and its state.

use std::fmt;
use std::ops::Deref;
use std::time::Duration;

use uvox_loop::{Ctx, Handle, Kind, State};
use uvox_stream::node::HandleWrap;
use uvox_tcp::node::AddressInfo;

use super::events::Listening;
use super::kernel_flow::Flows;
use super::methods::METHODS;
use super::multiple::Multiple;
use super::options::{Flow, SocketOptions, UserBuffer};
use super::race::Race;
use super::read;
use super::settings::Settings;
use crate::Error;
use crate::env::Timeout;
use crate::net::server::Server;
use crate::net::wrap::Wrap;
use crate::streams::Duplex;

/// A connection, over TCP or a Unix-domain socket, as Node's `net` has it (`net.Socket`). It is a name, and can be copied freely; it derefs to the [`Duplex`] that
/// it is.
///
/// # Contract
///
/// - Calls are leaves: no listener and no callback runs inside them.
/// - The order of events is Node's: 'connect', 'ready', then data; after the end of both directions, or a failure, 'error', if there is one, and 'close'.
///   Nothing comes after 'close'.
/// - When 'close' has been emitted, the state leaves the table in the next closing phase, and with it the listeners: the name then is that of a socket
///   that is destroyed and closed. A listener of 'close' may [connect](Socket::connect) it again; later than that only if it was made to be
///   [kept](SocketOptions::keep).
///
/// ```
/// use uvox::env::Env;
/// use uvox::net::{self, ConnectOptions, ListenOptions, ServerOptions};
///
/// let mut env = Env::new()?;
/// let server = net::create_server(&mut env, ServerOptions::new(), |cx, server, socket| {
///     socket.end_with(cx, "goodbye");
///     server.close(cx);
/// });
/// server.on_listening(&mut env, |cx, server| {
///     let port = server.address(cx).and_then(|address| address.port()).unwrap();
///     let socket = net::connect(cx, ConnectOptions::port(port).host("127.0.0.1")).unwrap();
///     socket.on_data(cx, |_, _, chunk| assert_eq!(*chunk, "goodbye"));
/// });
/// server.listen(&mut env, ListenOptions::port(0).host("127.0.0.1"))?;
/// env.run()?;
/// # Ok::<(), uvox::Error>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Socket {
    pub(super) duplex: Duplex,
    pub(super) handle: Handle<SocketState>,
}

/// The state behind a [`Socket`], besides that of its stream.
pub struct SocketState {
    pub(super) wrap: Option<Wrap>,
    pub(super) connecting: bool,
    /// It is to be destroyed by a reset.
    pub(super) resets: bool,
    pub(super) had_error: bool,
    /// Somebody reads into a buffer of their own.
    pub(super) has_user_buffer: bool,
    pub(super) settings: Settings,
    pub(super) idle: Option<Box<Idle>>,
    /// How much the last write that was queued was of; 0 when it is out.
    pub(super) last_write_queue_size: usize,
    /// What the last wrap had counted when it was closed.
    pub(super) bytes_read: u64,
    pub(super) bytes_written: u64,
    /// Where it came from.
    pub(super) server: Option<Server>,
    /// Its place there.
    pub(super) place: u32,
    /// What most connections do without.
    pub(super) more: Option<Box<More>>,
}

/// The timeout of an idle socket.
pub(super) struct Idle {
    /// How long that is.
    pub(super) time: Duration,
    pub(super) timeout: Timeout,
}

/// What only some sockets have: clients, above all.
#[derive(Default)]
pub(super) struct More {
    pub(super) listening: Listening,
    pub(super) user_buffer: Option<UserBuffer>,
    pub(super) multiple: Option<Multiple>,
    pub(super) race: Option<Race>,
    pub(super) connect_timeout: Option<Timeout>,
    /// How much of a write waits for the connection.
    pub(super) pending_bytes: usize,
    pub(super) peername: Option<AddressInfo>,
    pub(super) sockname: Option<AddressInfo>,
    pub(super) flows: Flows,
}

static SOCKET: Kind<SocketState> = Kind::new("socket");

impl State for SocketState {
    const KIND: &'static Kind<SocketState> = &SOCKET;
}

/// Where a socket comes from that is connected already.
pub(in crate::net) struct Origin {
    pub(in crate::net) wrap: Wrap,
    pub(in crate::net) server: Option<(Server, u32)>,
    /// It is read only when that is asked for.
    pub(in crate::net) paused: bool,
}

impl Socket {
    /// A socket that is not connected (`new net.Socket`). With a [descriptor](SocketOptions::fd) it is one, and is read at once.
    ///
    /// # Errors
    ///
    /// Of a descriptor only: `ERR_INVALID_FD_TYPE` if it is no stream, and what the kernel says (`open EINVAL`). It is closed then.
    pub fn new(cx: &mut Ctx, mut options: SocketOptions) -> Result<Socket, Error> {
        let wrap = match options.take_fd() {
            Some(fd) => Some(Wrap::open(cx, fd, false)?),
            None => options.wrap,
        };
        let paused = options.paused;
        let origin = wrap.map(|wrap| Origin {
            wrap,
            server: None,
            paused,
        });
        Ok(Socket::make(cx, options, origin))
    }

    pub(in crate::net) fn make(
        cx: &mut Ctx,
        options: SocketOptions,
        origin: Option<Origin>,
    ) -> Socket {
        let (wrap, from, paused) = match origin {
            Some(origin) => (Some(origin.wrap), origin.server, origin.paused),
            None => (None, None, false),
        };
        let more = options.user_buffer.map(|user_buffer| {
            Box::new(More {
                user_buffer: Some(user_buffer),
                ..More::default()
            })
        });
        let handle = cx.insert(SocketState {
            wrap,
            connecting: false,
            resets: false,
            had_error: false,
            has_user_buffer: more.is_some(),
            settings: options.settings,
            idle: None,
            last_write_queue_size: 0,
            bytes_read: 0,
            bytes_written: 0,
            server: from.map(|(server, _)| server),
            place: from.map_or(0, |(_, place)| place),
            more,
        });
        // It was made just now.
        let _ = cx.set_internal(handle);
        let duplex = Duplex::new(cx, &METHODS, handle.key(), &options.stream);
        let socket = Socket { duplex, handle };
        if let Some(wrap) = wrap {
            socket.take_wrap(cx, wrap);
            match options.flow {
                Flow::None => {}
                Flow::Start if paused => {
                    duplex.make_paused(cx);
                }
                Flow::Start => drop(duplex.read(cx, 0)),
            }
        }
        socket
    }

    /// A wrap is there: what it reads comes here (`initSocketHandle`).
    pub(super) fn take_wrap(self, cx: &mut Ctx, wrap: Wrap) {
        self.duplex.undestroy(cx);
        self.stand_on(cx, wrap);
    }

    /// The same in the middle of its life: what was written and ended stays so.
    pub(super) fn stand_on(self, cx: &mut Ctx, wrap: Wrap) {
        let Some(state) = cx.state_mut(self.handle) else {
            return;
        };
        state.wrap = Some(wrap);
        state.had_error = false;
        let has_user_buffer = state.has_user_buffer;
        if let Some(more) = &mut state.more {
            more.sockname = None;
        }
        self.duplex.set_fed(cx, false);
        let base = wrap.stream_base();
        if has_user_buffer {
            read::use_user_buffer(cx, self, base);
        }
        read::hear(cx, self);
    }

    /// The socket that stands on that stream's name.
    pub(super) fn of(duplex: Duplex, below: uvox_loop::Key) -> Socket {
        Socket {
            duplex,
            handle: Handle::from_key(below),
        }
    }

    #[inline]
    pub(super) fn state(self, cx: &Ctx) -> Option<&SocketState> {
        cx.state(self.handle)
    }

    #[inline]
    pub(super) fn state_mut(self, cx: &mut Ctx) -> Option<&mut SocketState> {
        cx.state_mut(self.handle)
    }

    /// The rest of the state, made if it is not there.
    pub(super) fn more(self, cx: &mut Ctx) -> Option<&mut More> {
        Some(self.state_mut(cx)?.more.get_or_insert_default())
    }

    pub(in crate::net) fn set_place(self, cx: &mut Ctx, place: u32) {
        if let Some(state) = self.state_mut(cx) {
            state.place = place;
        }
    }

    /// What it stands on right now, if it has anything to stand on: from the call of [`connect`](Socket::connect) until it is destroyed.
    pub fn wrap(self, cx: &Ctx) -> Option<Wrap> {
        self.state(cx)?.wrap
    }

    /// The stream that it is.
    pub fn duplex(self) -> Duplex {
        self.duplex
    }
}

impl Deref for Socket {
    type Target = Duplex;

    fn deref(&self) -> &Duplex {
        &self.duplex
    }
}

impl From<Socket> for Duplex {
    fn from(socket: Socket) -> Duplex {
        socket.duplex
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Socket({})", self.handle.key())
    }
}

impl fmt::Debug for SocketState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketState")
            .field("wrap", &self.wrap)
            .field("connecting", &self.connecting)
            .field("settings", &self.settings)
            .finish_non_exhaustive()
    }
}
