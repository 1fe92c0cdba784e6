//! A sender that is faster than who receives: 128 MiB, once as one should, waiting for 'drain', and once naively. In Node:
//!
//! ```js
//! function send() {
//!   while (left > 0) {
//!     left -= chunk.length;
//!     if (!socket.write(chunk)) return socket.once('drain', send); // The naive one does not look.
//!   }
//!   socket.end();
//! }
//! ```
//!
//! ```text
//! cargo run --release --example throttled_sender
//! ```

use std::io::Read;
use std::net::TcpListener;
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::{cell::Cell, fs, rc::Rc};

use uvox::Error;
use uvox::env::Env;
use uvox::event_loop::Ctx;
use uvox::net::{self, ConnectOptions, Socket};

const TOTAL: usize = 128 << 20;
const CHUNK: usize = 16 << 10;

/// What is written: each chunk is made anew, as data is that comes from somewhere.
fn chunk() -> Vec<u8> {
    vec![b'x'; CHUNK]
}

/// What is seen of a sender.
struct Watch {
    /// How many bytes were buffered at the most.
    peak: Cell<usize>,
    /// Whoever receives is slow: it begins when it is told to. Without that it would be up to the machine who is faster.
    begin_to_read: mpsc::Sender<()>,
}

impl Watch {
    fn write(&self, cx: &mut Ctx, socket: Socket) -> bool {
        let has_room = socket.write(cx, chunk());
        self.peak
            .set(self.peak.get().max(socket.writable_length(cx)));
        has_room
    }
}

/// Writes as long as it is not said to be enough, and goes on at 'drain'.
fn send(cx: &mut Ctx, socket: Socket, mut left: usize, watch: Rc<Watch>) {
    while left > 0 {
        left -= CHUNK;
        if !watch.write(cx, socket) {
            // From the second time on nobody waits for it.
            watch.begin_to_read.send(()).ok();
            socket.once_drain(cx, move |cx, socket| send(cx, socket, left, watch));
            return;
        }
    }
    socket.end(cx);
}

/// Writes all of it, whatever is said.
fn send_naively(cx: &mut Ctx, socket: Socket, total: usize, watch: Rc<Watch>) {
    for _ in 0..total / CHUNK {
        watch.write(cx, socket);
    }
    watch.begin_to_read.send(()).ok();
    socket.end(cx);
}

type Sender = fn(&mut Ctx, Socket, usize, Rc<Watch>);

/// How many bytes were buffered at the most.
fn run(name: &str, sender: Sender) -> Result<usize, Error> {
    let (begin_to_read, may_read) = mpsc::channel();
    let (port, receiver) = receiver(may_read);
    let watch = Rc::new(Watch {
        peak: Cell::new(0),
        begin_to_read,
    });
    let mut env = Env::new()?;
    let socket = net::connect(&mut env, ConnectOptions::port(port).host("127.0.0.1"))?;
    let watched = watch.clone();
    socket.on_connect(&mut env, move |cx, socket| {
        sender(cx, socket, TOTAL, watched.clone())
    });
    socket.resume(&mut env);
    env.run()?;
    assert_eq!(receiver.join().unwrap(), TOTAL, "all of it has arrived");
    let memory = peak_memory().map_or("?".to_owned(), |kib| format!("{} MiB", kib >> 10));
    println!(
        "{name}: {} bytes buffered at the most, {memory} of memory so far",
        watch.peak.get()
    );
    Ok(watch.peak.get())
}

fn main() -> Result<(), Error> {
    let careful = run("with drain", send)?;
    let before = peak_memory();
    let naive = run("naively", send_naively)?;
    // One chunk more than the high-water mark, however much is sent.
    assert!(careful <= 2 * CHUNK, "{careful}");
    assert!(naive > TOTAL / 2, "{naive}");
    if let (Some(before), Some(after)) = (before, peak_memory()) {
        assert!(before << 10 < TOTAL / 2 && after << 10 > TOTAL / 2);
    }
    Ok(())
}

/// The most memory that this process has had, in KiB, where that can be found out.
fn peak_memory() -> Option<usize> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// Somebody who reads late, and slowly: a little at a time.
fn receiver(may_read: mpsc::Receiver<()>) -> (u16, JoinHandle<usize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = thread::spawn(move || {
        let (mut socket, _) = listener.accept().unwrap();
        may_read.recv().unwrap();
        let mut total = 0;
        let mut buffer = [0; 8 << 10];
        loop {
            match socket.read(&mut buffer).unwrap() {
                0 => return total,
                count => total += count,
            }
            thread::yield_now();
        }
    });
    (port, thread)
}
