//! What the scenarios of stream bases are run in: once over TCP, once over memory.

use std::io::IoSlice;
use std::net::TcpStream;

use socket2::SockRef;
use uvox_loop::{Ctx, Errno, Kind, Loop, RunMode};
use uvox_stream::node::{HandleWrap, LibuvStreamWrap, StreamBase, StreamWriteResult, memory_pair};
use uvox_stream::uv::{Stream, StreamState};
pub(crate) use uvox_testing::{Seen, end, scenario, tcp_pair, until};

pub(crate) static TCP: Kind<StreamState> = Stream::kind("tcp");

/// What an end in memory holds, and about what a kernel's buffer does here.
pub(crate) const CAPACITY: usize = 64 * 1024;

/// Far more than there is ever room for.
pub(crate) const TOO_MUCH: usize = 4 << 20;

/// Two stream bases that are connected with each other, and the loop they are on.
pub(crate) struct Pair {
    pub(crate) lp: Loop,
    pub(crate) one: StreamBase,
    pub(crate) other: StreamBase,
    pub(crate) over: Over,
}

/// What the stream bases stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Tcp,
    Memory,
}

/// Runs a scenario over TCP and over memory. What it leaves open is closed then; nothing is left of either end.
pub(crate) fn over_both(run: impl Fn(&mut Pair)) {
    for over in [Over::Tcp, Over::Memory] {
        scenario(|| {
            let mut pair = Pair::new(over);
            run(&mut pair);
            pair.end();
        });
    }
}

impl Pair {
    fn new(over: Over) -> Pair {
        let mut lp = Loop::new().unwrap();
        let (one, other) = Pair::make(&mut lp, over);
        Pair {
            lp,
            one,
            other,
            over,
        }
    }

    fn make(lp: &mut Loop, over: Over) -> (StreamBase, StreamBase) {
        match over {
            Over::Memory => memory_pair(lp, CAPACITY),
            Over::Tcp => {
                let (one, other) = tcp_pair();
                (*wrap(lp, one), *wrap(lp, other))
            }
        }
    }

    /// Closes both ends, and makes two new ones.
    pub(crate) fn renew(&mut self) {
        self.close();
        (self.one, self.other) = Pair::make(&mut self.lp, self.over);
    }

    fn end(mut self) {
        self.close();
        end(self.lp);
    }

    /// Closes what is open. Nothing of either end is left.
    fn close(&mut self) {
        for base in [self.one, self.other] {
            base.close(&mut self.lp, |_| ());
        }
        assert!(!self.lp.run(RunMode::Default).unwrap());
        assert_eq!(self.lp.requests(), 0);
        for base in [self.one, self.other] {
            assert_eq!(base.unwrap(&self.lp), None, "{:?}", self.over);
        }
    }

    /// Runs until so many bytes were read at an end.
    pub(crate) fn until_read(&mut self, base: StreamBase, bytes: usize) {
        until(&mut self.lp, |cx| base.bytes_read(cx) == bytes as u64);
    }

    /// Fills what is between the ends, from `one`: more than that is not sent now, and what is written waits.
    pub(crate) fn fill(&mut self, seen: &Seen<(&'static str, Result<(), Errno>)>) {
        let written = write(&mut self.lp, self.one, &vec![7; TOO_MUCH], "fill", seen);
        assert!(written.is_async);
    }
}

/// A wrap on a socket with small buffers.
pub(crate) fn wrap(lp: &mut Loop, socket: TcpStream) -> LibuvStreamWrap {
    socket.set_nodelay(true).unwrap();
    let options = SockRef::from(&socket);
    options.set_send_buffer_size(CAPACITY).unwrap();
    options.set_recv_buffer_size(CAPACITY).unwrap();
    let stream = Stream::from_socket(lp, &TCP, socket.into()).unwrap();
    LibuvStreamWrap::new(lp, stream).unwrap()
}

/// Writes bytes, and records how it ends, if it is asynchronous.
pub(crate) fn write(
    cx: &mut Ctx,
    base: StreamBase,
    bytes: &[u8],
    name: &'static str,
    seen: &Seen<(&'static str, Result<(), Errno>)>,
) -> StreamWriteResult {
    let seen = seen.clone();
    base.write(cx, &[IoSlice::new(bytes)], move |_, stream, status| {
        assert_eq!(stream, base);
        seen.add((name, status));
    })
}

/// Shuts a stream down, and records how that ends.
pub(crate) fn shutdown(
    cx: &mut Ctx,
    base: StreamBase,
    seen: &Seen<(&'static str, Result<(), Errno>)>,
) -> Result<(), Errno> {
    let seen = seen.clone();
    base.shutdown(cx, move |_, stream, status| {
        assert_eq!(stream, base);
        seen.add(("shutdown", status));
    })
}

/// Keeps what is read, and the error behind it.
pub(crate) fn keep(cx: &mut Ctx, base: StreamBase) -> (Seen<u8>, Seen<Errno>) {
    let (data, errors) = (Seen::new(), Seen::new());
    let (got, failed) = (data.clone(), errors.clone());
    base.set_on_read(cx, move |_, _, read| match read {
        Ok(bytes) => bytes.iter().for_each(|byte| got.add(*byte)),
        Err(errno) => failed.add(errno),
    });
    base.read_start(cx).unwrap();
    (data, errors)
}

/// A text of so many ASCII characters.
pub(crate) fn text(length: usize) -> String {
    (0..length)
        .map(|i| char::from(b'a' + (i % 26) as u8))
        .collect()
}
