//! What a socket or a server stands on: TCP's wrap, or the pipes'.

use std::os::fd::{AsRawFd, OwnedFd};
use std::path::PathBuf;

use uvox_loop::sys::{self, DescriptorKind};
use uvox_loop::{Ctx, Errno};
use uvox_pipe::node::{PipeWrap, SocketType as PipeType};
use uvox_stream::node::{HandleWrap, StreamBase};
use uvox_stream::uv::Stream;
use uvox_tcp::node::{AddressInfo, SocketType as TcpType, TcpWrap};

use super::errors;
use crate::Error;

/// A handle that [`Socket`](super::Socket)s and [`Server`](super::Server)s stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Wrap {
    /// TCP.
    Tcp(TcpWrap),
    /// A Unix-domain socket, or an end of a pipe.
    Pipe(PipeWrap),
}

impl From<TcpWrap> for Wrap {
    fn from(wrap: TcpWrap) -> Wrap {
        Wrap::Tcp(wrap)
    }
}

impl From<PipeWrap> for Wrap {
    fn from(wrap: PipeWrap) -> Wrap {
        Wrap::Pipe(wrap)
    }
}

/// Where a server listens (`server.address()`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// An address, a family and a port.
    Ip(AddressInfo),
    /// A path, or an abstract name.
    Path(PathBuf),
}

impl Address {
    /// The port; of a path there is none.
    pub fn port(&self) -> Option<u16> {
        match self {
            Address::Ip(info) => Some(info.port),
            Address::Path(_) => None,
        }
    }
}

impl HandleWrap for Wrap {
    fn stream_base(self) -> StreamBase {
        match self {
            Wrap::Tcp(tcp) => tcp.stream_base(),
            Wrap::Pipe(pipe) => pipe.stream_base(),
        }
    }
}

impl Wrap {
    pub(super) fn tcp(self) -> Option<TcpWrap> {
        match self {
            Wrap::Tcp(tcp) => Some(tcp),
            Wrap::Pipe(_) => None,
        }
    }

    /// A wrap on a descriptor, of the sort that it is of (`createHandle`).
    pub(super) fn open(cx: &mut Ctx, fd: OwnedFd, is_server: bool) -> Result<Wrap, Error> {
        let kind =
            sys::descriptor_kind(fd.as_raw_fd()).map_err(|errno| Error::system(errno, "open"))?;
        let (wrap, opened) = match kind {
            DescriptorKind::Tcp => {
                let role = if is_server {
                    TcpType::Server
                } else {
                    TcpType::Socket
                };
                let tcp = TcpWrap::new(cx, role);
                (Wrap::Tcp(tcp), tcp.open(cx, fd))
            }
            DescriptorKind::UnixStream | DescriptorKind::Pipe => {
                let role = if is_server {
                    PipeType::Server
                } else {
                    PipeType::Socket
                };
                let pipe = PipeWrap::new(cx, role);
                (Wrap::Pipe(pipe), pipe.open(cx, fd))
            }
            other => return Err(invalid_fd_type(other)),
        };
        if let Err(errno) = opened {
            wrap.close(cx, |_| ());
            return Err(Error::system(errno, "open"));
        }
        Ok(wrap)
    }

    /// The uv stream.
    pub(super) fn listener(self, cx: &Ctx) -> Option<Stream> {
        match self {
            Wrap::Tcp(tcp) => tcp.stream(cx),
            Wrap::Pipe(pipe) => pipe.stream(cx),
        }
    }

    pub(super) fn getsockname(self, cx: &mut Ctx) -> Option<Result<AddressInfo, Errno>> {
        Some(self.tcp()?.getsockname(cx))
    }

    pub(super) fn getpeername(self, cx: &mut Ctx) -> Option<Result<AddressInfo, Errno>> {
        Some(self.tcp()?.getpeername(cx))
    }
}

/// A descriptor is of a kind that cannot be used here.
pub(crate) fn invalid_fd_type(kind: DescriptorKind) -> Error {
    errors::invalid_fd_type(node_name(kind))
}

/// What Node calls a kind of descriptor (`guessHandleType`).
fn node_name(kind: DescriptorKind) -> &'static str {
    match kind {
        DescriptorKind::File => "FILE",
        DescriptorKind::Pipe | DescriptorKind::UnixStream => "PIPE",
        DescriptorKind::Tty => "TTY",
        DescriptorKind::Tcp => "TCP",
        DescriptorKind::Udp => "UDP",
        _ => "UNKNOWN",
    }
}
