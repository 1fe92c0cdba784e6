//! Counts the system calls of an echo in steady state, by name, as the door to the kernel saw them: one `recv` and one `send` for each message, one
//! wait for each batch, and nothing else.
//!
//! ```text
//! cargo run --release -p uvox-stream --example calls_of_an_echo [connections] [rounds]
//! ```
//!
//! The clients are a process of their own. To have the calls counted by somebody else, leave the door alone and ask strace:
//!
//! ```text
//! strace -c target/release/examples/calls_of_an_echo 100 1000
//! ```

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::env;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;

use uvox_loop::trace::{self, Event, Layer, Tracer};
use uvox_loop::{Ctx, Errno, Kind, Loop, RunMode};
use uvox_stream::uv::{Stream, StreamState};

static CONNECTION: Kind<StreamState> = Stream::kind("connection");

/// The size of a message, in bytes.
const SIZE: usize = 64;

fn main() {
    let mut args = env::args().skip(1);
    let first = args.next();
    if first.as_deref() == Some("client") {
        let address = args.next().and_then(|address| address.parse().ok());
        let [connections, rounds] = [number(args.next(), 0), number(args.next(), 0)];
        return client(address.expect("an address"), connections, rounds)
            .expect("the client failed");
    }
    let [connections, rounds] = [number(first, 100), number(args.next(), 1000)];
    if let Err(error) = serve(connections, rounds) {
        eprintln!("{error}");
        std::process::exit(1);
    }
}

fn number(arg: Option<String>, default: usize) -> usize {
    arg.map_or(default, |arg| arg.parse().expect("a number"))
}

/// Counts the calls to the kernel from the second round on.
#[derive(Clone, Default)]
struct Counts(Rc<RefCell<BTreeMap<&'static str, u64>>>);

impl Tracer for Counts {
    fn event(&mut self, event: &Event) {
        if event.layer == Layer::Sys {
            *self.0.borrow_mut().entry(event.name).or_default() += 1;
        }
    }
}

fn serve(connections: usize, rounds: usize) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut client = start_client(listener.local_addr()?, connections, rounds)?;
    let mut lp = Loop::new()?;
    let echoed = Rc::new(Cell::new(0));
    let mut streams = Vec::new();
    for _ in 0..connections {
        let (socket, _) = listener.accept()?;
        socket.set_nodelay(true)?;
        let stream = Stream::from_socket(&mut lp, &CONNECTION, socket.into())?;
        echo(&mut lp, stream, &echoed)?;
        streams.push(stream);
    }
    // The first round has the kernel's word on the new descriptors to hear as well.
    run_until(&mut lp, &echoed, connections * SIZE)?;
    let counts = Counts::default();
    trace::set(counts.clone());
    run_until(&mut lp, &echoed, connections * rounds * SIZE)?;
    trace::take();
    let messages = connections * (rounds - 1);
    println!("{messages} messages of {SIZE} bytes on {connections} connections:");
    for (name, count) in counts.0.borrow().iter() {
        let each = *count as f64 / messages as f64;
        println!("{name:>12} {count:>9}  {each:.3} a message");
    }
    for stream in streams {
        lp.close(stream, |_| ())?;
    }
    lp.run(RunMode::Default)?;
    client.wait().map(drop)
}

/// Writes back what comes.
fn echo(cx: &mut Ctx, stream: Stream, echoed: &Rc<Cell<usize>>) -> Result<(), Errno> {
    let echoed = echoed.clone();
    stream.read_start(cx, move |cx, stream, got| {
        let Ok(bytes) = got else { return };
        let count = bytes.len();
        let echoed = echoed.clone();
        let written = stream.write(cx, bytes, move |_, _, _| echoed.set(echoed.get() + count));
        written.expect("the stream is open");
    })
}

fn run_until(lp: &mut Loop, echoed: &Cell<usize>, total: usize) -> Result<(), Errno> {
    while echoed.get() < total {
        lp.run(RunMode::Once)?;
    }
    Ok(())
}

fn start_client(address: SocketAddr, connections: usize, rounds: usize) -> io::Result<Child> {
    let args = [
        "client".to_owned(),
        address.to_string(),
        connections.to_string(),
        rounds.to_string(),
    ];
    let program = env::current_exe()?;
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .spawn()
}

/// Writes a message on every connection, then reads every answer, and so on.
fn client(address: SocketAddr, connections: usize, rounds: usize) -> io::Result<()> {
    let mut sockets = Vec::new();
    for _ in 0..connections {
        let socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        sockets.push(socket);
    }
    let mut message = [0; SIZE];
    for round in 0..rounds {
        message.fill(round as u8);
        for socket in &mut sockets {
            socket.write_all(&message)?;
        }
        for socket in &mut sockets {
            let mut answer = [0; SIZE];
            socket.read_exact(&mut answer)?;
            assert_eq!(answer, message);
        }
    }
    Ok(())
}
