//! `uvox nc --udp`.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::rc::Rc;
use std::time::Duration;

use bytes::Bytes;
use uvox::dgram::{Socket, SocketOptions, Target, Type};
use uvox::dns::{self, LookupOptions};
use uvox::event_loop::Ctx;
use uvox::streams::{Custom, Duplex, Options};
use uvox::{Error, env};

use super::open;
use crate::stdio::Stdio;

/// The most bytes that a datagram of IPv4 has room for.
const LONGEST: usize = 65_507;

/// Whom it talks to, and how long answers have to come after the end of input.
#[derive(Clone, Debug)]
pub(super) struct To {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) wait: Duration,
}

/// Finds the host, connects a socket of its kind, and joins that with standard input and output.
pub(super) fn begin(cx: &mut Ctx, to: To) -> Result<[Stdio; 2], Error> {
    let stdio = open(cx)?;
    let [input, output] = [&stdio[0], &stdio[1]].map(|one| one.stream);
    let host = to.host.clone();
    dns::lookup(cx, &host, LookupOptions::default(), move |cx, found| {
        let begun = found.and_then(|found| {
            let kind = match found.ip.is_ipv4() {
                true => Type::Udp4,
                false => Type::Udp6,
            };
            let address = found.to_string();
            let socket = Socket::new(cx, SocketOptions::new(kind));
            let peer = Peer {
                socket,
                named: (address.clone(), to.port),
            };
            let connected = move |cx: &mut Ctx, result| match result {
                Ok(()) => peer.join(cx, input, output, to.wait),
                Err(error) => env::throw(cx, error),
            };
            let target = Target::port(to.port).address(address);
            socket.connect_then(cx, target, connected)
        });
        if let Err(error) = begun {
            env::throw(cx, error);
        }
    });
    Ok(stdio)
}

/// A connected socket, and the address that it is connected to.
#[derive(Clone)]
struct Peer {
    socket: Socket,
    named: (String, u16),
}

impl Peer {
    fn join(self, cx: &mut Ctx, input: Duplex, output: Duplex, wait: Duration) {
        log::info!("datagrams go to {:?}", self.named);
        let failing = self.clone();
        self.socket
            .on_error(cx, move |cx, _, error| failing.failed(cx, error));
        self.socket.on_message(cx, move |cx, socket, bytes, _| {
            // Nobody can hold the peer back. But the kernel has a bound, and what comes beyond that is lost there.
            if !output.write(cx, bytes)
                && let Some(wrap) = socket.wrap(cx)
            {
                // If it is closed, it receives nothing any more.
                let _ = wrap.recv_stop(cx);
            }
        });
        let socket = self.socket;
        output.on_drain(cx, move |cx, _| {
            let started = socket.wrap(cx).map(|wrap| wrap.recv_start(cx));
            if let Some(Err(errno)) = started {
                env::throw(cx, Error::system(errno, "recvmsg"));
            }
        });
        let sink = self.sink(cx, output, wait);
        input.pipe(cx, sink);
    }

    /// A stream that sends each piece as a datagram, and what is too long for one as several.
    fn sink(self, cx: &mut Ctx, output: Duplex, wait: Duration) -> Duplex {
        let socket = self.socket;
        Custom::new()
            .write(move |cx, stream, chunk| {
                let bytes = chunk.into_bytes();
                let cuts = (0..bytes.len()).step_by(LONGEST);
                let pieces = cuts.map(|at| bytes.slice(at..bytes.len().min(at + LONGEST)));
                let pieces = Rc::new(RefCell::new(pieces.collect()));
                self.clone().send(cx, stream, pieces);
            })
            .finalize(move |cx, stream| {
                env::set_timeout(cx, wait, move |cx| {
                    // It can only be closed already.
                    let _ = socket.close(cx);
                    output.end(cx);
                    stream.finalized(cx, Ok(()));
                });
            })
            // So that one piece waits at most, and is not sent before the one before it was.
            .writable(cx, &Options::new().high_water_mark(1))
    }

    /// Sends the pieces one after the other; then the stream may go on.
    fn send(self, cx: &mut Ctx, stream: Duplex, pieces: Rc<RefCell<VecDeque<Bytes>>>) {
        let piece = pieces.borrow_mut().pop_front();
        let Some(piece) = piece else {
            return stream.written(cx, Ok(()));
        };
        let socket = self.socket;
        let failing = self.clone();
        let sent = move |cx: &mut Ctx, result: Result<usize, Error>| match result {
            Ok(_) => self.send(cx, stream, pieces),
            Err(error) => self.failed(cx, &error),
        };
        if let Err(error) = socket.send_then(cx, piece, Target::connected(), sent) {
            failing.failed(cx, &error);
        }
    }

    /// That ends the run. The kernel tells that a datagram was refused at the next call, whichever that is, so it is put down to the sending.
    fn failed(&self, cx: &mut Ctx, error: &Error) {
        let (address, port) = &self.named;
        let error = match error.errno() {
            Some(errno) => Error::system(errno, "send").at(address, Some(*port)),
            None => error.clone(),
        };
        env::throw(cx, error);
    }
}
