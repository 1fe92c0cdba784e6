//! Pipes from one stream base to another: over everything there is, through the kernel and by copying, with nothing to tell the difference.

mod back_pressure;
mod closed_in_every_callback;
mod crosswise_and_to_itself;
mod listeners_and_stops;
mod much_data;
mod pulled_by_the_sink;
mod sinks_that_end;
mod sources_that_end;
mod unpipe_loses_nothing;
mod what_the_kernel_refuses;

use std::cell::RefCell;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_stream::node::{
    HandleWrap, LibuvStreamWrap, PipeOptions, Piped, StreamBase, StreamPipe, memory_pair,
};
use uvox_stream::uv::Stream;

use crate::common::{Seen, end, scenario, tcp_pair};
use crate::node::common::{CAPACITY, TCP, wrap};

/// What the streams stand on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Spliced,
    Copied,
    Memory,
    TcpToMemory,
    UnixToTcp,
}

/// A source and a sink, and their peers: what is written to `from` comes out of `to`.
struct Ends {
    lp: Loop,
    from: StreamBase,
    source: StreamBase,
    sink: StreamBase,
    to: StreamBase,
    how: How,
    pipes: RefCell<Vec<StreamPipe>>,
}

/// Elsewhere there is no such call.
const IS_LINUX: bool = cfg!(any(target_os = "linux", target_os = "android"));

const ALL: [How; 5] = [
    How::Spliced,
    How::Copied,
    How::Memory,
    How::TcpToMemory,
    How::UnixToTcp,
];

/// Runs a scenario over everything. What it leaves open is closed then; nothing is left of any stream, nor of any pipe.
fn over_all(run: impl Fn(&mut Ends)) {
    scenario(|| over_each(&run));
}

/// The same as a part of a scenario.
fn over_each(run: impl Fn(&mut Ends)) {
    for how in ALL {
        over_this(how, &run);
    }
}

fn over(how: How, run: impl Fn(&mut Ends)) {
    scenario(|| over_this(how, &run));
}

fn over_this(how: How, run: impl Fn(&mut Ends)) {
    let mut ends = Ends::new(how);
    run(&mut ends);
    ends.end();
}

fn tcp(lp: &mut Loop) -> (StreamBase, StreamBase) {
    let (one, other): (TcpStream, TcpStream) = tcp_pair();
    (*wrap(lp, one), *wrap(lp, other))
}

fn unix(lp: &mut Loop) -> (StreamBase, StreamBase) {
    let (one, other) = UnixStream::pair().unwrap();
    let mut base = |socket: UnixStream| {
        let stream = Stream::from_socket(lp, &TCP, socket.into()).unwrap();
        *LibuvStreamWrap::new(lp, stream).unwrap()
    };
    (base(one), base(other))
}

impl Ends {
    fn new(how: How) -> Ends {
        let mut lp = Loop::new().unwrap();
        let (from, source) = match how {
            How::Memory => memory_pair(&mut lp, CAPACITY),
            How::UnixToTcp => unix(&mut lp),
            _ => tcp(&mut lp),
        };
        let (sink, to) = match how {
            How::Memory | How::TcpToMemory => memory_pair(&mut lp, CAPACITY),
            _ => tcp(&mut lp),
        };
        Ends {
            lp,
            from,
            source,
            sink,
            to,
            how,
            pipes: RefCell::default(),
        }
    }

    /// Whether the bytes go through the kernel, if nothing stands in their way.
    fn is_spliced(&self) -> bool {
        IS_LINUX && [How::Spliced, How::UnixToTcp].contains(&self.how)
    }

    /// Whether what is written to the sink goes to the kernel.
    fn sink_is_the_kernels(&self) -> bool {
        ![How::Memory, How::TcpToMemory].contains(&self.how)
    }

    fn options(&self) -> PipeOptions {
        let splice = self.how != How::Copied;
        PipeOptions {
            splice,
            ..PipeOptions::default()
        }
    }

    /// A pipe from source to sink, which has not started, and what is heard when it is closed.
    fn new_pipe(&mut self, options: PipeOptions) -> (StreamPipe, Seen<Piped>) {
        self.pipe_between(self.source, self.sink, options)
    }

    fn pipe_between(
        &mut self,
        source: StreamBase,
        sink: StreamBase,
        options: PipeOptions,
    ) -> (StreamPipe, Seen<Piped>) {
        let seen = Seen::new();
        let record = seen.clone();
        let pipe = StreamPipe::new(
            &mut self.lp,
            source,
            sink,
            options,
            move |cx, pipe, piped| {
                assert!(pipe.is_closed(cx));
                record.add(piped);
            },
        );
        let pipe = pipe.unwrap();
        self.pipes.borrow_mut().push(pipe);
        (pipe, seen)
    }

    /// One that has started.
    fn pipe(&mut self) -> (StreamPipe, Seen<Piped>) {
        let (pipe, seen) = self.new_pipe(self.options());
        pipe.start(&mut self.lp).unwrap();
        assert_eq!(pipe.is_spliced(&self.lp), self.is_spliced());
        (pipe, seen)
    }

    /// Writes more than there is room for between the ends, and lets the loop go around until both writes wait. They do until the loop goes around again; then
    /// the kernel may take more: of what it could not send at once it sends some when a timer of its own is due.
    fn get_stuck(&mut self) {
        send(&mut self.lp, self.from, &pattern(0..FLOOD));
        let ends = [self.from, self.sink];
        let wait = |lp: &Loop| ends.map(|stream| stream.write_queue_size(lp) > 0);
        while wait(&self.lp) != [true, true] {
            self.settle();
        }
    }

    /// Lets the loop go around until nothing moves for a while. The kernel may move something later.
    fn settle(&mut self) {
        let streams = [self.from, self.source, self.sink, self.to];
        let counts = |lp: &Loop| {
            streams.map(|stream| {
                let counts = [stream.bytes_read(lp), stream.bytes_written(lp)];
                (counts, stream.write_queue_size(lp))
            })
        };
        let mut before = None;
        while before != Some(counts(&self.lp)) {
            before = Some(counts(&self.lp));
            for _ in 0..30 {
                self.lp.run(RunMode::NoWait).unwrap();
            }
        }
    }

    fn end(mut self) {
        for stream in [self.from, self.source, self.sink, self.to] {
            stream.close(&mut self.lp, |_| ());
        }
        assert!(!self.lp.run(RunMode::Default).unwrap());
        assert_eq!(self.lp.requests(), 0, "{:?}", self.how);
        for stream in [self.from, self.source, self.sink, self.to] {
            assert_eq!(stream.unwrap(&self.lp), None, "{:?}", self.how);
        }
        for pipe in self.pipes.take() {
            assert_eq!(pipe.source(&self.lp), None, "{:?}", self.how);
        }
        end(self.lp);
    }
}

/// More than there is room for between the ends.
const FLOOD: usize = 16 << 20;

/// Bytes of which no two neighbouring stretches are alike.
fn pattern(range: std::ops::Range<usize>) -> Vec<u8> {
    let byte_at = |place: usize| (place ^ (place >> 8) ^ (place >> 16)) as u8;
    range.map(byte_at).collect()
}

/// Writes bytes, whether it takes time or not.
fn send(cx: &mut Ctx, base: StreamBase, bytes: &[u8]) {
    let bytes = Bytes::copy_from_slice(bytes);
    let written = base.write_bytes(cx, bytes, |_, _, _| ());
    assert_eq!(written.err, None);
}

fn shut(cx: &mut Ctx, base: StreamBase) {
    base.shutdown(cx, |_, _, _| ()).unwrap();
}

/// What a stream reads, and the error behind it.
#[derive(Clone, Default)]
struct Got(Rc<RefCell<(Vec<u8>, Vec<Errno>)>>);

impl Got {
    /// What is read of a stream from now on, if nothing stands in its way; it is not started.
    fn heard(cx: &mut Ctx, base: StreamBase) -> Got {
        let got = Got::default();
        let record = got.clone();
        base.set_on_read(cx, move |_, _, read| match read {
            Ok(bytes) => record.0.borrow_mut().0.extend(bytes),
            Err(errno) => record.0.borrow_mut().1.push(errno),
        });
        got
    }

    fn read(cx: &mut Ctx, base: StreamBase) -> Got {
        let got = Got::heard(cx, base);
        base.read_start(cx).unwrap();
        got
    }

    fn len(&self) -> usize {
        self.0.borrow().0.len()
    }

    fn bytes(&self) -> Vec<u8> {
        self.0.borrow().0.clone()
    }

    fn errors(&self) -> Vec<Errno> {
        self.0.borrow().1.clone()
    }
}
