//! Two loops on two threads listen on one port, and the kernel distributes the connections between them: what Node has processes for. In Node ≥ 23:
//!
//! ```js
//! // In each of several workers:
//! net.createServer((socket) => socket.end(`${threadId}`)).listen({ port, reusePort: true });
//! ```
//!
//! ```text
//! cargo run --release --example reuse_port
//! ```

use std::io::Read;
use std::net::TcpStream;
use std::sync::mpsc::{Sender, channel};
use std::thread::{self, JoinHandle};

use uvox::env::Env;
use uvox::event_loop::{Async, AsyncSender, Ctx};
use uvox::net::{self, ListenOptions, Server, ServerOptions};

/// So many connections all at one thread would be a coin that falls on one side sixty-four times.
const CLIENTS: usize = 64;

fn main() {
    // Other systems let both listen, and give all connections to one of them.
    let is_distributed = cfg!(target_os = "linux");
    let (tell, told) = channel();
    let first = worker("one", 0, tell.clone());
    let port = told.recv().unwrap();
    let second = worker("two", port, tell);
    assert_eq!(told.recv().unwrap(), port, "both have the same port");

    let mut counts = [0; 2];
    for _ in 0..CLIENTS {
        let mut name = String::new();
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.read_to_string(&mut name).unwrap();
        counts[usize::from(name == "two")] += 1;
    }
    println!(
        "port {port}: one had {}, two had {} of {CLIENTS}",
        counts[0], counts[1]
    );
    assert!(!is_distributed || counts.iter().all(|count| *count > 0));

    for (stop, thread) in [first, second] {
        stop.send().unwrap();
        thread.join().unwrap();
    }
}

/// A thread with a loop and a server that says its name. It tells the port, and ends when it is woken.
fn worker(name: &'static str, port: u16, tell: Sender<u16>) -> (AsyncSender, JoinHandle<()>) {
    let (give, given) = channel();
    let thread = thread::spawn(move || {
        let mut env = Env::new().unwrap();
        let server = net::create_server(&mut env, ServerOptions::new(), move |cx, _, socket| {
            socket.end_with(cx, name);
            socket.resume(cx);
        });
        let here = ListenOptions::port(port).host("127.0.0.1").reuse_port(true);
        let listening = move |cx: &mut Ctx, server: Server| {
            tell.send(server.port(cx).unwrap()).unwrap();
        };
        server.listen_then(&mut env, here, listening).unwrap();
        let (_, stop) = Async::new(&mut env, move |cx, stop| {
            server.close(cx);
            cx.close(stop, |_| ()).unwrap();
        });
        give.send(stop).unwrap();
        env.run().unwrap();
    });
    (given.recv().unwrap(), thread)
}
