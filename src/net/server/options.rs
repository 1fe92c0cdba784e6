//! What can be chosen of a server, and where it is to listen.

use std::fmt;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::net::port::Port;
use crate::net::wrap::Wrap;
use crate::net::{BlockList, SocketOptions};

/// So many connections wait to be accepted, if nothing else is said.
const BACKLOG: i32 = 511;

/// What can be chosen of a server when it is made (the options of `net.createServer`).
#[derive(Clone, Debug, Default)]
pub struct ServerOptions {
    allow_half_open: bool,
    pub(super) pause_on_connect: bool,
    no_delay: bool,
    keep_alive: Option<Duration>,
    high_water_mark: Option<usize>,
    write_limit: Option<usize>,
    pub(super) block_list: Option<BlockList>,
    pub(super) keep: bool,
}

impl ServerOptions {
    /// What Node does by default.
    pub fn new() -> ServerOptions {
        ServerOptions::default()
    }

    /// Whether connections can still be written to when the peer has ended: see [`SocketOptions::allow_half_open`].
    pub fn allow_half_open(mut self, allow: bool) -> ServerOptions {
        self.allow_half_open = allow;
        self
    }

    /// Connections are not read before that is asked for (`pauseOnConnect`).
    pub fn pause_on_connect(mut self, pause: bool) -> ServerOptions {
        self.pause_on_connect = pause;
        self
    }

    /// See [`SocketOptions::no_delay`].
    pub fn no_delay(mut self, enable: bool) -> ServerOptions {
        self.no_delay = enable;
        self
    }

    /// See [`SocketOptions::keep_alive`].
    pub fn keep_alive(mut self, enable: bool, initial_delay: Duration) -> ServerOptions {
        self.keep_alive = enable.then_some(initial_delay);
        self
    }

    /// See [`SocketOptions::high_water_mark`].
    pub fn high_water_mark(mut self, mark: usize) -> ServerOptions {
        self.high_water_mark = Some(mark);
        self
    }

    /// See [`SocketOptions::write_limit`].
    pub fn write_limit(mut self, limit: usize) -> ServerOptions {
        self.write_limit = Some(limit);
        self
    }

    /// Connections from these addresses are closed as soon as they are accepted, and nobody is told (`blockList`).
    pub fn block_list(mut self, list: BlockList) -> ServerOptions {
        self.block_list = Some(list);
        self
    }

    /// The state stays when it is closed, until it is [released](super::Server::release), so that it can listen again.
    pub fn keep(mut self, keep: bool) -> ServerOptions {
        self.keep = keep;
        self
    }

    /// What a connection is made with.
    pub(super) fn of_connection(&self) -> SocketOptions {
        let mut options = SocketOptions::new().allow_half_open(self.allow_half_open);
        if let Some(mark) = self.high_water_mark {
            options = options.high_water_mark(mark);
        }
        if let Some(limit) = self.write_limit {
            options = options.write_limit(limit);
        }
        if let Some(delay) = self.keep_alive {
            options = options.keep_alive(true, delay);
        }
        options.no_delay(self.no_delay)
    }
}

/// Where a server is to listen, and how (the options of `server.listen`).
#[derive(Debug)]
pub struct ListenOptions {
    pub(super) target: Target,
    pub(super) backlog: i32,
    pub(super) ipv6_only: bool,
    pub(super) reuse_port: bool,
    /// Bits as `fchmod` of a pipe has them.
    pub(super) mode: i32,
}

pub(super) enum Target {
    Port { host: Option<String>, port: Port },
    Path(PathBuf),
    Fd(OwnedFd),
    Handle(Wrap),
}

impl ListenOptions {
    fn on(target: Target) -> ListenOptions {
        ListenOptions {
            target,
            backlog: BACKLOG,
            ipv6_only: false,
            reuse_port: false,
            mode: 0,
        }
    }

    /// That port; 0 lets the kernel choose one. Without a [host](ListenOptions::host) it is that of all addresses: `::`, and where there is no IPv6, `0.0.0.0`.
    /// One out of range is an error of [`listen`](super::Server::listen).
    pub fn port(port: impl Into<i64>) -> ListenOptions {
        ListenOptions::on(Target::Port {
            host: None,
            port: Port(port.into()),
        })
    }

    /// A Unix-domain socket, by its path, or an abstract name that begins with a NUL.
    pub fn path(path: impl AsRef<Path>) -> ListenOptions {
        ListenOptions::on(Target::Path(path.as_ref().to_owned()))
    }

    /// A descriptor: of a socket that is bound.
    pub fn fd(fd: impl Into<OwnedFd>) -> ListenOptions {
        ListenOptions::on(Target::Fd(fd.into()))
    }

    /// A wrap that is there already, and bound.
    pub fn handle(wrap: impl Into<Wrap>) -> ListenOptions {
        ListenOptions::on(Target::Handle(wrap.into()))
    }

    /// The host: an address, or a name, which is looked up. Of all but a port it means nothing.
    pub fn host(mut self, name: impl Into<String>) -> ListenOptions {
        if let Target::Port { host, .. } = &mut self.target {
            *host = Some(name.into());
        }
        self
    }

    /// So many connections wait in the kernel to be accepted: 511 by default. As in Node 0 is the default, too.
    pub fn backlog(mut self, backlog: i32) -> ListenOptions {
        self.backlog = if backlog == 0 { BACKLOG } else { backlog };
        self
    }

    /// Of `::`: IPv6 only, so that another server can have the port for IPv4 (`ipv6Only`).
    pub fn ipv6_only(mut self, only: bool) -> ListenOptions {
        self.ipv6_only = only;
        self
    }

    /// Several sockets share the port, all with this, and the kernel distributes the connections among them (`reusePort`).
    pub fn reuse_port(mut self, reuse: bool) -> ListenOptions {
        self.reuse_port = reuse;
        self
    }

    /// Whether the handle is shared with nobody (`exclusive`). There are no clusters here, so it never is; the option is there for those who bring it.
    pub fn exclusive(self, exclusive: bool) -> ListenOptions {
        let _ = exclusive;
        self
    }

    /// Everybody may read from the path (`readableAll`).
    pub fn readable_all(self, all: bool) -> ListenOptions {
        self.set_mode(1, all)
    }

    /// Everybody may write to the path, which is what it takes to connect (`writableAll`).
    pub fn writable_all(self, all: bool) -> ListenOptions {
        self.set_mode(2, all)
    }

    fn set_mode(mut self, bit: i32, on: bool) -> ListenOptions {
        self.mode = if on {
            self.mode | bit
        } else {
            self.mode & !bit
        };
        self
    }
}

impl From<u16> for ListenOptions {
    fn from(port: u16) -> ListenOptions {
        ListenOptions::port(port)
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Port { host, port } => write!(f, "Port({host:?}, {})", port.0),
            Target::Path(path) => write!(f, "Path({path:?})"),
            Target::Fd(fd) => write!(f, "Fd({fd:?})"),
            Target::Handle(wrap) => write!(f, "Handle({wrap:?})"),
        }
    }
}
