//! What every scenario is run in.

use uvox::dgram::{self, BindOptions, Socket, SocketOptions};
use uvox::env::Env;
use uvox::event_loop::{Ctx, Loop};
pub(crate) use uvox_testing::{Seen, scenario};

/// Runs a program to its end, which must leave no handle behind.
pub(crate) fn program(main: impl FnOnce(&mut Ctx)) {
    let mut env = Env::new().unwrap();
    uvox::env::enter(&mut env, main);
    env.run().unwrap();
    Loop::close(env.into_loop()).unwrap();
}

/// A socket that is bound on loopback, and then does that.
pub(crate) fn bound(cx: &mut Ctx, then: impl FnOnce(&mut Ctx, Socket) + 'static) -> Socket {
    let socket = dgram::create_socket(cx, SocketOptions::udp4());
    let options = BindOptions::new().address("127.0.0.1");
    socket.bind_then(cx, options, then).unwrap();
    socket
}

/// Its address.
pub(crate) fn place(cx: &mut Ctx, socket: Socket) -> std::net::SocketAddr {
    let info = socket.address(cx).unwrap();
    std::net::SocketAddr::new(info.address.parse().unwrap(), info.port)
}
