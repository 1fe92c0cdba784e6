//! What Node's sockets do not have: to be given away, and to be piped within the kernel.

mod given_away;
mod not_given_away_while_something_waits;

use std::net::TcpStream;
use std::os::fd::OwnedFd;

use uvox::env::Env;
use uvox::event_loop::{Ctx, Loop};
use uvox::net::{Socket, SocketOptions};
use uvox_testing::{Seen, tcp_pair};

/// Runs a program to its end, which must leave no handle behind.
fn program(main: impl FnOnce(&mut Ctx)) {
    let mut env = Env::new().unwrap();
    uvox::env::enter(&mut env, main);
    env.run().unwrap();
    Loop::close(env.into_loop()).unwrap();
}

/// A socket on a descriptor.
fn socket(cx: &mut Ctx, fd: impl Into<OwnedFd>, options: SocketOptions) -> Socket {
    Socket::new(cx, options.fd(fd)).unwrap()
}

/// A socket that is connected to a peer by TCP, and can be ended from either side alone.
fn connected(cx: &mut Ctx) -> (Socket, TcpStream) {
    let (own, peer) = tcp_pair();
    let options = SocketOptions::new().allow_half_open(true);
    (socket(cx, own, options), peer)
}

/// Notes that a socket is closed, and whether by an error.
fn watch_close(cx: &mut Ctx, socket: Socket, name: &'static str, seen: &Seen<String>) {
    let record = seen.clone();
    socket.on_error(cx, move |_, _, error| {
        record.add(format!("{name}: {error}"))
    });
    let record = seen.clone();
    socket.on_close(cx, move |_, _, had_error| {
        record.add(format!("{name}: closed, {had_error}"));
    });
}
