//! What can be chosen of a socket, and where it is to be bound.

use std::fmt;
use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::rc::Rc;

use uvox_udp::node::UdpWrap;

use crate::dns::{Family, Resolver};

/// Which of the two protocols a socket speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// IPv4.
    Udp4,
    /// IPv6.
    Udp6,
}

impl Type {
    pub(super) fn family(self) -> Family {
        match self {
            Type::Udp4 => Family::V4,
            Type::Udp6 => Family::V6,
        }
    }

    /// Who is meant if nobody is named.
    pub(super) fn loopback(self) -> &'static str {
        match self {
            Type::Udp4 => "127.0.0.1",
            Type::Udp6 => "::1",
        }
    }

    /// Whether it is an address of this type.
    pub(super) fn has(self, address: SocketAddr) -> bool {
        match self {
            Type::Udp4 => address.is_ipv4(),
            Type::Udp6 => address.is_ipv6(),
        }
    }

    pub(super) fn any(self) -> &'static str {
        match self {
            Type::Udp4 => "0.0.0.0",
            Type::Udp6 => "::",
        }
    }
}

/// What can be chosen of a socket when it is made (the options of `dgram.createSocket`).
#[derive(Clone)]
pub struct SocketOptions {
    pub(super) kind: Type,
    pub(super) reuse_addr: bool,
    pub(super) reuse_port: bool,
    pub(super) ipv6_only: bool,
    pub(super) recv_buffer_size: Option<u32>,
    pub(super) send_buffer_size: Option<u32>,
    /// The system without one.
    pub(super) resolver: Option<Rc<dyn Resolver>>,
    pub(super) keep: bool,
}

impl SocketOptions {
    /// Of that type, and else what Node does by default.
    pub fn new(kind: Type) -> SocketOptions {
        SocketOptions {
            kind,
            reuse_addr: false,
            reuse_port: false,
            ipv6_only: false,
            recv_buffer_size: None,
            send_buffer_size: None,
            resolver: None,
            keep: false,
        }
    }

    /// For IPv4 (`udp4`).
    pub fn udp4() -> SocketOptions {
        SocketOptions::new(Type::Udp4)
    }

    /// For IPv6 (`udp6`).
    pub fn udp6() -> SocketOptions {
        SocketOptions::new(Type::Udp6)
    }

    /// Takes an address that another socket has already, which then gets nothing more (`reuseAddr`). For multicast all get everything.
    pub fn reuse_addr(mut self, reuse: bool) -> SocketOptions {
        self.reuse_addr = reuse;
        self
    }

    /// Several sockets share the address, all with this, and the kernel distributes the datagrams among them (`reusePort`).
    pub fn reuse_port(mut self, reuse: bool) -> SocketOptions {
        self.reuse_port = reuse;
        self
    }

    /// Of `::`: IPv6 only, so that another socket can have the port for IPv4 (`ipv6Only`).
    pub fn ipv6_only(mut self, only: bool) -> SocketOptions {
        self.ipv6_only = only;
        self
    }

    /// How many bytes the kernel keeps that are not received yet, set when it is bound (`recvBufferSize`). As in Node 0 leaves it.
    pub fn recv_buffer_size(mut self, bytes: u32) -> SocketOptions {
        self.recv_buffer_size = Some(bytes).filter(|bytes| *bytes > 0);
        self
    }

    /// How many bytes the kernel keeps that are not sent yet, set when it is bound (`sendBufferSize`). As in Node 0 leaves it.
    pub fn send_buffer_size(mut self, bytes: u32) -> SocketOptions {
        self.send_buffer_size = Some(bytes).filter(|bytes| *bytes > 0);
        self
    }

    /// Who looks names up (`lookup`): the system by default.
    pub fn lookup(mut self, resolver: impl Resolver + 'static) -> SocketOptions {
        self.resolver = Some(Rc::new(resolver));
        self
    }

    /// The state stays when it is closed, until it is [released](super::Socket::release).
    pub fn keep(mut self, keep: bool) -> SocketOptions {
        self.keep = keep;
        self
    }
}

impl fmt::Debug for SocketOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketOptions")
            .field("kind", &self.kind)
            .field("reuse_addr", &self.reuse_addr)
            .field("reuse_port", &self.reuse_port)
            .field("ipv6_only", &self.ipv6_only)
            .finish_non_exhaustive()
    }
}

/// Where a socket is to be bound (the options of `socket.bind`).
#[derive(Debug)]
pub struct BindOptions {
    pub(super) to: BindTo,
}

#[derive(Debug)]
pub(super) enum BindTo {
    Address { address: Option<String>, port: i64 },
    Fd(OwnedFd),
    Handle(UdpWrap),
}

impl BindOptions {
    /// To a port of the kernel's choice, on all addresses.
    pub fn new() -> BindOptions {
        BindOptions::port(0)
    }

    /// To that port, on all addresses; 0 lets the kernel choose one. One out of range is an error of [`bind`](super::Socket::bind).
    pub fn port(port: impl Into<i64>) -> BindOptions {
        BindOptions {
            to: BindTo::Address {
                address: None,
                port: port.into(),
            },
        }
    }

    /// To that address: one, or a name, which is looked up.
    pub fn address(mut self, name: impl Into<String>) -> BindOptions {
        if let BindTo::Address { address, .. } = &mut self.to {
            *address = Some(name.into()).filter(|name| !name.is_empty());
        }
        self
    }

    /// Whether the handle is shared with nobody (`exclusive`). There are no clusters here, so it never is; the option is there for those who bring it.
    pub fn exclusive(self, exclusive: bool) -> BindOptions {
        let _ = exclusive;
        self
    }

    /// Takes a descriptor that is a UDP socket, bound or not (`fd`).
    pub fn fd(fd: impl Into<OwnedFd>) -> BindOptions {
        BindOptions {
            to: BindTo::Fd(fd.into()),
        }
    }

    /// Takes a wrap that is there already.
    pub fn handle(wrap: UdpWrap) -> BindOptions {
        BindOptions {
            to: BindTo::Handle(wrap),
        }
    }
}

impl Default for BindOptions {
    fn default() -> BindOptions {
        BindOptions::new()
    }
}

impl From<u16> for BindOptions {
    fn from(port: u16) -> BindOptions {
        BindOptions::port(port)
    }
}
