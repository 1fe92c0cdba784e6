//! The smallest stream: it reads what comes, within its budget, and can be paused.

use std::cell::RefCell;
use std::os::fd::{AsFd, OwnedFd};
use std::rc::Rc;

use uvox_loop::sys::{self, set_nonblocking};
use uvox_loop::{Callback, Ctx, Errno, Handle, Key, Kind, Ready, State};

/// A socket that is read as a stream reads.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stream(Handle<StreamState>);

/// What a read brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Got {
    Data(Vec<u8>),
    Eof,
    Failed(Errno),
}

type OnRead = dyn FnMut(&mut Ctx, Stream, Got);

pub(crate) struct StreamState {
    on_read: Callback<OnRead>,
    reading: bool,
    /// How much it asks for at once.
    chunk: usize,
    /// Calls of `recv`, those in vain included.
    recvs: usize,
}

static STREAM: Kind<StreamState> = Kind::new("test stream").on_ready(on_ready);

impl State for StreamState {
    const KIND: &'static Kind<StreamState> = &STREAM;
}

impl Stream {
    /// A stream that reads `chunk` bytes at once, and calls `on_read` with each.
    pub(crate) fn new(
        cx: &mut Ctx,
        socket: impl Into<OwnedFd>,
        chunk: usize,
        on_read: impl FnMut(&mut Ctx, Stream, Got) + 'static,
    ) -> Stream {
        let socket = socket.into();
        set_nonblocking(socket.as_fd(), true).unwrap();
        let handle = cx.insert(StreamState {
            on_read: Callback::Set(Box::new(on_read)),
            reading: true,
            chunk,
            recvs: 0,
        });
        cx.set_descriptor(handle, socket).unwrap();
        cx.watch(handle).unwrap();
        cx.set_active(handle, true).unwrap();
        Stream(handle)
    }

    /// A stream that keeps all it gets.
    pub(crate) fn keeping(
        cx: &mut Ctx,
        socket: impl Into<OwnedFd>,
        chunk: usize,
    ) -> (Stream, Rc<RefCell<Vec<Got>>>) {
        let kept = Rc::new(RefCell::new(Vec::new()));
        let keep = kept.clone();
        let stream = Stream::new(cx, socket, chunk, move |_, _, got| {
            keep.borrow_mut().push(got)
        });
        (stream, kept)
    }

    /// Stops reading, or goes on: a flag, and a place in the run queue if something is there to be read.
    pub(crate) fn set_reading(self, cx: &mut Ctx, reading: bool) {
        let parts = cx.parts(self.0).unwrap();
        parts.state.reading = reading;
        if reading && parts.ready.can_read() {
            cx.feed(self.0).unwrap();
        }
    }

    pub(crate) fn recvs(self, cx: &Ctx) -> usize {
        cx.state(self.0).unwrap().recvs
    }

    pub(crate) fn ready(self, cx: &mut Ctx) -> Ready {
        *cx.parts(self.0).unwrap().ready
    }

    pub(crate) fn close(self, cx: &mut Ctx) {
        cx.close(self.0, |_| ()).unwrap();
    }
}

impl From<Stream> for Key {
    fn from(stream: Stream) -> Key {
        stream.0.key()
    }
}

fn on_ready(cx: &mut Ctx, key: Key) {
    let stream = Stream(Handle::from_key(key));
    for _ in 0..cx.budgets().reads {
        let Some(got) = read_once(cx, stream) else {
            return;
        };
        cx.call(
            stream.0,
            |state| &mut state.on_read,
            |on_read, cx| on_read(cx, stream, got),
        );
    }
    if let Some(parts) = cx.parts(stream.0)
        && parts.state.reading
        && parts.ready.can_read()
    {
        cx.requeue(key).unwrap();
    }
}

/// One `recv`, if it is worth trying.
fn read_once(cx: &mut Ctx, stream: Stream) -> Option<Got> {
    let parts = cx.parts(stream.0)?;
    if !parts.state.reading || !parts.ready.can_read() {
        return None;
    }
    parts.state.recvs += 1;
    let mut chunk = vec![0; parts.state.chunk];
    match sys::recv(parts.fd, &mut chunk) {
        Ok(0) => {
            parts.state.reading = false;
            Some(Got::Eof)
        }
        Ok(count) => {
            if count < chunk.len() {
                parts.ready.short_read();
            }
            chunk.truncate(count);
            Some(Got::Data(chunk))
        }
        Err(Errno::EAGAIN) => {
            parts.ready.would_block_reading();
            None
        }
        Err(errno) => {
            parts.state.reading = false;
            Some(Got::Failed(errno))
        }
    }
}

/// All bytes among what was got.
pub(crate) fn bytes(got: &[Got]) -> Vec<u8> {
    got.iter()
        .flat_map(|got| match got {
            Got::Data(data) => data.clone(),
            Got::Eof | Got::Failed(_) => Vec::new(),
        })
        .collect()
}
