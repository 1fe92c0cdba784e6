//! Where a socket is to connect to, and how.

use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::Duration;

use crate::dns::{Family, Hints, Resolver, System};
use crate::net::BlockList;
use crate::net::port::Port;

/// How long one address is tried before the next is, if [nothing else](ConnectOptions::auto_select_family_attempt_timeout) is said.
pub(super) const ATTEMPT_TIMEOUT: Duration = Duration::from_millis(250);

/// It is never less than this.
const SHORTEST_ATTEMPT: Duration = Duration::from_millis(10);

/// Where to connect to, and how (the options of `socket.connect`).
#[derive(Clone)]
pub struct ConnectOptions {
    pub(super) target: Target,
    pub(super) local_address: Option<String>,
    pub(super) local_port: Port,
    pub(super) family: Family,
    pub(super) hints: Option<Hints>,
    pub(super) resolver: Rc<dyn Resolver>,
    pub(super) strategy: Strategy,
    pub(super) attempt_timeout: Duration,
    pub(super) timeout: Option<Duration>,
    pub(super) connect_timeout: Option<Duration>,
    pub(super) block_list: Option<BlockList>,
}

/// Where to.
#[derive(Clone, Debug)]
pub(super) enum Target {
    Host { host: String, port: Port },
    Path(PathBuf),
}

/// What becomes of several addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Strategy {
    /// The first is tried, and no other.
    First,
    /// One after the other.
    OneByOne,
    /// All, a while after each other (RFC 8305).
    Race,
}

impl ConnectOptions {
    fn to(target: Target) -> ConnectOptions {
        ConnectOptions {
            target,
            local_address: None,
            local_port: Port(0),
            family: Family::Any,
            hints: None,
            resolver: Rc::new(System),
            strategy: Strategy::OneByOne,
            attempt_timeout: ATTEMPT_TIMEOUT,
            timeout: None,
            connect_timeout: None,
            block_list: None,
        }
    }

    /// That port, of `localhost` if no [host](ConnectOptions::host) is given. One out of range is an error of [`connect`](super::Socket::connect).
    pub fn port(port: impl Into<i64>) -> ConnectOptions {
        ConnectOptions::to(Target::Host {
            host: "localhost".to_owned(),
            port: Port(port.into()),
        })
    }

    /// A Unix-domain socket, by its path, or an abstract name that begins with a NUL.
    pub fn path(path: impl AsRef<Path>) -> ConnectOptions {
        ConnectOptions::to(Target::Path(path.as_ref().to_owned()))
    }

    /// The host: an address, or a name to be looked up. Of a path it means nothing.
    pub fn host(mut self, name: impl Into<String>) -> ConnectOptions {
        if let Target::Host { host, .. } = &mut self.target {
            *host = name.into();
        }
        self
    }

    /// The address that the socket itself is to have (`localAddress`). With one only the first address of a host is tried.
    pub fn local_address(mut self, address: impl Into<String>) -> ConnectOptions {
        self.local_address = Some(address.into());
        self
    }

    /// The port that the socket itself is to have (`localPort`).
    pub fn local_port(mut self, port: impl Into<i64>) -> ConnectOptions {
        self.local_port = Port(port.into());
        self
    }

    /// Which addresses are looked for: both families by default.
    pub fn family(mut self, family: Family) -> ConnectOptions {
        self.family = family;
        self
    }

    /// What is asked of the resolver. By default [`Hints::ADDRCONFIG`], if both families are looked for.
    pub fn hints(mut self, hints: Hints) -> ConnectOptions {
        self.hints = Some(hints);
        self
    }

    /// Who looks the name up (`lookup`): the system by default.
    pub fn lookup(mut self, resolver: impl Resolver + 'static) -> ConnectOptions {
        self.resolver = Rc::new(resolver);
        self
    }

    /// Whether all addresses of a host are tried, one after the other and the families in turns, which is the default; if not, the first only
    /// (`autoSelectFamily`).
    pub fn auto_select_family(mut self, select: bool) -> ConnectOptions {
        self.strategy = if select {
            Strategy::OneByOne
        } else {
            Strategy::First
        };
        self
    }

    /// How long one address is tried before the next is: 250 ms by default, 10 ms at least (`autoSelectFamilyAttemptTimeout`). The last has all the time there
    /// is.
    pub fn auto_select_family_attempt_timeout(mut self, time: Duration) -> ConnectOptions {
        self.attempt_timeout = time.max(SHORTEST_ATTEMPT);
        self
    }

    /// All addresses of a host are tried, and one that takes long goes on while the next is tried already, after
    /// [that time](ConnectOptions::auto_select_family_attempt_timeout); the first that is there wins (RFC 8305). It is told by
    /// [`Attempt::TimedOut`](super::Attempt::TimedOut) that the next begins because one takes long. Node gives up each before it tries the next.
    pub fn race(mut self) -> ConnectOptions {
        self.strategy = Strategy::Race;
        self
    }

    /// The socket's [timeout](super::Socket::set_timeout), from the beginning. It is emitted, and nothing is done about it.
    pub fn timeout(mut self, time: Duration) -> ConnectOptions {
        self.timeout = Some(time);
        self
    }

    /// If it is not connected by then, lookup included, it fails with `ERR_SOCKET_CONNECT_TIMEOUT`. Node has nothing of the kind.
    pub fn connect_timeout(mut self, time: Duration) -> ConnectOptions {
        self.connect_timeout = Some(time);
        self
    }

    /// Addresses that are not to be connected to: to do so fails with `ERR_IP_BLOCKED` (`blockList`).
    pub fn block_list(mut self, list: BlockList) -> ConnectOptions {
        self.block_list = Some(list);
        self
    }
}

impl From<u16> for ConnectOptions {
    fn from(port: u16) -> ConnectOptions {
        ConnectOptions::port(port)
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("target", &self.target)
            .field("family", &self.family)
            .field("strategy", &self.strategy)
            .finish_non_exhaustive()
    }
}
