//! What is received (`onMessage`).

use std::net::SocketAddr;

use uvox_loop::{Ctx, Errno, emit, sys, trace};
use uvox_udp::node::{Family, UdpWrap};
use uvox_udp::uv::{Batch, Datagram};

use super::errors;
use super::socket::Socket;
use crate::{Error, env, listeners};

/// Who sent a datagram, and what is known of it besides (Node's `rinfo`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RemoteInfo {
    pub(super) sender: Option<SocketAddr>,
    pub(super) size: usize,
    pub(super) truncated: bool,
}

impl RemoteInfo {
    /// The sender's address, as text; empty if it has none, because it came through a socket that is not UDP's.
    pub fn address(&self) -> String {
        self.sender.map_or_else(String::new, sys::ip_name)
    }

    /// Which of the two it is an address of.
    pub fn family(&self) -> Family {
        match self.sender {
            Some(SocketAddr::V6(_)) => Family::Ipv6,
            _ => Family::Ipv4,
        }
    }

    /// The sender's port.
    pub fn port(&self) -> u16 {
        self.sender.map_or(0, |sender| sender.port())
    }

    /// Address and port at once, to answer to.
    pub fn sender(&self) -> Option<SocketAddr> {
        self.sender
    }

    /// How many bytes it had.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether it was longer than there was room for, so that the rest of it is lost. Node does not tell.
    pub fn truncated(&self) -> bool {
        self.truncated
    }
}

impl Socket {
    /// From now on datagrams come in batches, as many as came together, and not by ['message'](Socket::on_message): lent, and not copied. What the callback leaves
    /// in the batch comes again. Node has nothing of the kind.
    ///
    /// On Linux the kernel puts together what comes from one sender, and it is taken apart before the callback sees it. [What there is to know of
    /// that](uvox_udp::uv::Udp::recv_start_batch), and how to have it off, the handle below says.
    ///
    /// # Errors
    ///
    /// `ERR_SOCKET_DGRAM_NOT_RUNNING` if it is closed.
    pub fn on_messages(
        self,
        cx: &mut Ctx,
        mut f: impl FnMut(&mut Ctx, Socket, &mut Batch<'_>) + 'static,
    ) -> Result<(), Error> {
        let wrap = self.running(cx)?;
        let udp = wrap.udp(cx).ok_or_else(errors::not_running)?;
        let was_receiving = udp.is_receiving(cx);
        if was_receiving {
            // It was there a moment ago.
            let _ = udp.recv_stop(cx);
        }
        let on_batch = move |cx: &mut Ctx, batch: Result<&mut Batch<'_>, Errno>| {
            env::enter(cx, |cx| match batch {
                Ok(batch) => listeners::in_callback(cx, |cx| f(cx, self, batch)),
                Err(errno) => self.emit_error(cx, Error::system(errno, "recvmsg")),
            });
        };
        wrap.set_on_messages(cx, on_batch);
        match was_receiving {
            true => wrap
                .recv_start(cx)
                .map_err(|errno| Error::system(errno, "recvmsg")),
            false => Ok(()),
        }
    }
}

/// The wrap has received, or failed to.
pub(super) fn on_message(
    cx: &mut Ctx,
    socket: Socket,
    _: UdpWrap,
    datagram: Result<Datagram<'_>, Errno>,
) {
    let told = datagram.map(|datagram| datagram.bytes.len());
    let _cause = emit!(Net, "dgram.message" @ socket.0, result = told).map(trace::cause);
    env::enter_held(cx, |cx, held| match datagram {
        Ok(datagram) => {
            let rinfo = RemoteInfo {
                sender: datagram.sender(),
                size: datagram.bytes.len(),
                truncated: datagram.truncated,
            };
            socket.emit_message(cx, held, datagram.bytes, rinfo);
        }
        Err(errno) => socket.emit_error(cx, Error::system(errno, "recvmsg")),
    });
}
