//! Scenarios: what is played by `replay` and `compare`. `docs/scenarios.md` describes them.

mod datagrams;
mod endpoint;
mod parse;
mod slower;

use std::collections::HashMap;
use std::rc::Rc;

pub(crate) use datagrams::{DatagramAction, Pieces, Port, SocketOptions, To};
pub(crate) use endpoint::{Endpoint, Event, Role};
pub(crate) use parse::parse;

/// The scenario as it is played for the n-th time after it came out otherwise: on a busy machine timers that are apart may come together, so it has more time
/// each time.
pub(crate) fn for_play(text: &str, play: u32) -> String {
    match play {
        0 => text.to_owned(),
        _ => slower::slower(text, 3_u64.saturating_pow(play), DEFAULT_LIMIT_MS.into()),
    }
}

/// A play is cut off after that many milliseconds if nothing else is said.
const DEFAULT_LIMIT_MS: u32 = 3000;

/// A server and its clients, or sockets for datagrams, and what everybody does when.
#[derive(Debug, Default)]
pub(crate) struct Scenario {
    pub(crate) server: ServerOptions,
    pub(crate) clients: Vec<ClientOptions>,
    /// A Unix-domain socket instead of 127.0.0.1.
    pub(crate) path: bool,
    /// Sockets for datagrams. If there are any, there is no server.
    pub(crate) sockets: Vec<SocketOptions>,
    limit_ms: Option<u32>,
    script: Script,
}

#[derive(Debug, Default)]
pub(crate) struct ServerOptions {
    pub(crate) allow_half_open: bool,
    pub(crate) pause_on_connect: bool,
    pub(crate) max_connections: Option<u32>,
    /// Nobody listens to the data of accepted sockets.
    pub(crate) no_data: bool,
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ClientOptions {
    pub(crate) allow_half_open: bool,
    /// Nobody listens to its data.
    pub(crate) no_data: bool,
    /// It is started by an action only.
    pub(crate) manual: bool,
    /// It connects to a port that nobody listens on.
    pub(crate) to_nobody: bool,
}

/// What is done one after the other.
pub(crate) type Actions = Rc<[Action]>;

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Action {
    Write(usize),
    /// With that many bytes, if any.
    End(usize),
    EndThen,
    Destroy,
    DestroyWithError,
    DestroySoon,
    Reset,
    Pause,
    Resume,
    Cork,
    Uncork,
    Echo,
    Timeout(u32),
    Connect(usize),
    CloseServer,
    Connections,
    After(u32, Actions),
    Tick(Actions),
    Immediate(Actions),
    State,
    Datagram(DatagramAction),
}

/// Who does something when an event comes: all of a role, or one with that number.
type Script = HashMap<(Role, Option<usize>, Event), Actions>;

impl Scenario {
    /// After how many milliseconds the play is cut off.
    pub(crate) fn limit_ms(&self) -> u32 {
        self.limit_ms
            .filter(|limit| *limit > 0)
            .unwrap_or(DEFAULT_LIMIT_MS)
    }

    /// What an endpoint does when an event comes. Its own entry wins over that of its role.
    pub(crate) fn script(&self, endpoint: Endpoint, event: Event) -> Option<Actions> {
        let of = |number| self.script.get(&(endpoint.role(), number, event));
        let own = endpoint.number().and_then(|number| of(Some(number)));
        own.or_else(|| of(None)).cloned()
    }

    /// How a client is made; one that is not in the list has nothing special.
    pub(crate) fn client(&self, number: usize) -> ClientOptions {
        self.clients.get(number).copied().unwrap_or_default()
    }
}
