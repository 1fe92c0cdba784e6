//! What Node's sockets do not have: to be given away, and to be piped within the kernel.

mod given_away;
mod not_given_away_while_something_waits;
mod not_piped;
mod piped_and_destroyed;
mod piped_and_reset;
mod piped_both_ways;
mod piped_in_the_kernel;
mod timeouts_of_what_is_piped;
mod unpiped;

use std::net::TcpStream;
use std::os::fd::OwnedFd;

use uvox::env::Env;
use uvox::event_loop::{Ctx, Loop};
use uvox::net::{PipeOptions, Socket, SocketOptions};
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

/// A source and a target, and their peers: what `from` writes, `to` reads, when it is piped.
#[derive(Clone, Copy)]
struct Ends {
    from: Socket,
    source: Socket,
    target: Socket,
    to: Socket,
}

impl Ends {
    fn new(cx: &mut Ctx) -> Ends {
        let mut pair = || {
            let (one, other) = tcp_pair();
            let mut open = |fd| socket(cx, fd, SocketOptions::new().allow_half_open(true));
            (open(one), open(other))
        };
        let ((from, source), (target, to)) = (pair(), pair());
        Ends {
            from,
            source,
            target,
            to,
        }
    }

    /// Pipes from source to target, and notes what became of it.
    fn pipe(self, cx: &mut Ctx, options: PipeOptions, seen: &Seen<String>) {
        let record = seen.clone();
        let piped = self
            .source
            .pipe_in_kernel(cx, self.target, options, move |_, result| {
                record.add(match result {
                    Ok(piped) => format!("{:?}, {}", piped.end, piped.bytes),
                    Err(error) => error.to_string(),
                });
            });
        piped.unwrap();
    }

    /// Notes how all of them close.
    fn watch(self, cx: &mut Ctx, seen: &Seen<String>) {
        watch_close(cx, self.from, "from", seen);
        watch_close(cx, self.source, "source", seen);
        watch_close(cx, self.target, "target", seen);
        watch_close(cx, self.to, "to", seen);
    }
}

/// How long it takes for the pattern to repeat itself: a prime, so that no piece that the kernel could lose or double fits.
const PERIOD: usize = 65_521;

/// Bytes whose place can be told from what they are.
fn pattern(total: usize) -> Vec<u8> {
    let byte_at = |place: usize| (place ^ (place >> 8)) as u8;
    let period: Vec<u8> = (0..PERIOD).map(byte_at).collect();
    let mut all = Vec::with_capacity(total + PERIOD);
    while all.len() < total {
        all.extend_from_slice(&period);
    }
    all.truncate(total);
    all
}

/// Expects a pattern, piece by piece, on a socket, and what is to be done when so much of it is there.
fn expect(cx: &mut Ctx, socket: Socket, mut then: impl FnMut(&mut Ctx, usize) + 'static) {
    let expected = pattern(PERIOD + (1 << 16));
    let mut at = 0;
    socket.on_data(cx, move |cx, _, chunk| {
        let wanted = &expected[at % PERIOD..];
        assert!(wanted.starts_with(chunk.as_bytes()), "behind {at}");
        at += chunk.as_bytes().len();
        then(cx, at);
    });
}

/// Whether the system can splice at all.
const IS_LINUX: bool = cfg!(any(target_os = "linux", target_os = "android"));

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
