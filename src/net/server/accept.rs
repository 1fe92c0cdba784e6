//! What becomes of a connection (`onconnection`).

use uvox_loop::{Ctx, Errno, emit, trace};
use uvox_stream::node::HandleWrap;

use super::events::ConnectionInfo;
use super::state::Server;
use crate::dns::LookupAddress;
use crate::net::Socket;
use crate::net::socket::Origin;
use crate::net::wrap::Wrap;
use crate::{Error, env};

pub(super) fn on_connection(cx: &mut Ctx, server: Server, client: Result<Wrap, Errno>) {
    let told = client.map(|_| ());
    let _cause = emit!(Net, "server.connection" @ server.0, result = told).map(trace::cause);
    env::enter(cx, |cx| match client {
        Ok(wrap) => on_client(cx, server, wrap),
        Err(errno) => server.emit_error(cx, Error::system(errno, "accept")),
    });
}

fn on_client(cx: &mut Ctx, server: Server, wrap: Wrap) {
    let Some(state) = server.state(cx) else {
        return wrap.close(cx, |_| ());
    };
    let count = state.connections.len();
    if state.max_connections.is_some_and(|max| count >= max) {
        let info = ConnectionInfo {
            local: wrap.getsockname(cx).and_then(Result::ok),
            remote: wrap.getpeername(cx).and_then(Result::ok),
        };
        server.emit_drop(cx, info);
        return wrap.close(cx, |_| ());
    }
    if is_blocked(cx, server, wrap) {
        return wrap.close(cx, |_| ());
    }
    let Some(state) = server.state_mut(cx) else {
        return;
    };
    let options = state.options.of_connection();
    let paused = state.options.pause_on_connect;
    let settings = options.settings.clone();
    let origin = Origin {
        wrap,
        // There are fewer than descriptors.
        server: Some((server, count as u32)),
        paused,
    };
    let socket = Socket::make(cx, options, Some(origin));
    if let Wrap::Tcp(tcp) = wrap {
        settings.apply(cx, tcp);
    }
    // One that cannot be read at all is destroyed already, and was never in its place.
    if !socket.is_destroyed(cx)
        && let Some(state) = server.state_mut(cx)
    {
        state.connections.push(socket);
    }
    server.emit_connection(cx, socket);
}

/// Whether the peer's address is on the list.
fn is_blocked(cx: &mut Ctx, server: Server, wrap: Wrap) -> bool {
    let has_list = |state: &super::ServerState| state.options.block_list.is_some();
    if !server.state(cx).is_some_and(has_list) {
        return false;
    }
    let peer = match wrap.getpeername(cx) {
        None => return false,
        // It is gone already.
        Some(Err(_)) => return true,
        Some(Ok(info)) => LookupAddress::parse(&info.address),
    };
    let list = server
        .state(cx)
        .and_then(|state| state.options.block_list.as_ref());
    match (list, peer) {
        (Some(list), Some(peer)) => list.check(peer.ip),
        _ => false,
    }
}

impl Server {
    /// A connection is destroyed.
    pub(in crate::net) fn connection_is_gone(self, cx: &mut Ctx, place: u32) {
        let Some(state) = self.state_mut(cx) else {
            return;
        };
        let at = place as usize;
        if at >= state.connections.len() {
            return;
        }
        state.connections.swap_remove(at);
        if let Some(moved) = state.connections.get(at).copied() {
            moved.set_place(cx, place);
        }
        self.emit_close_if_drained(cx);
    }
}
