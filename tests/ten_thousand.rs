//! Ten thousand connections at once in one loop, and as many clients in one loop of another process: each sends a hundred messages, and has all of them back.

use std::cell::{Cell, RefCell};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::Duration;

use uvox::env::{self, Env};
use uvox::event_loop::sys::{self, DescriptorLimit};
use uvox::event_loop::{Ctx, Loop};
use uvox::net::{self, ConnectOptions, ListenOptions, Server, ServerOptions, Socket};
use uvox_testing::scenario;

const SOCKETS: usize = 10_000;
const MESSAGES: usize = 100;
/// A message's number: whose it is, and which.
const MESSAGE: usize = 8;
/// So many messages are sent together, before their echo is waited for.
const BURST: usize = 10;
/// So many connections are begun before one of them has to be made: fewer than wait to be accepted.
const CONNECTING: usize = 256;
/// What a process has open besides.
const OTHERS: u64 = 100;

const PORT: &str = "UVOX_TEN_THOUSAND_PORT";
const COUNT: &str = "UVOX_TEN_THOUSAND_COUNT";

#[test]
fn ten_thousand() {
    let number = |name| std::env::var(name).ok()?.parse::<usize>().ok();
    match (number(PORT), number(COUNT)) {
        (Some(port), Some(count)) => clients(port, count),
        _ => scenario(|| serve(allowed())),
    }
}

/// How many sockets a process may have open: all, wherever the system lets us.
fn allowed() -> usize {
    let limit = sys::descriptor_limit().unwrap();
    let soft = limit.hard.min(SOCKETS as u64 + OTHERS).max(limit.soft);
    sys::set_descriptor_limit(DescriptorLimit { soft, ..limit }).unwrap();
    let count = SOCKETS.min((soft - OTHERS) as usize);
    if count < SOCKETS {
        println!("only {count}, by the limit of descriptors");
    }
    count
}

/// Runs a program to its end, which must leave no handle behind. One that hangs is a failure, in time.
fn program(main: impl FnOnce(&mut Ctx)) {
    let mut env = Env::new().unwrap();
    env::enter(&mut env, main);
    let watchdog = env::set_timeout(&mut env, Duration::from_secs(120), |_| panic!("it hangs"));
    watchdog.unref(&mut env);
    env.run().unwrap();
    watchdog.clear(&mut env);
    env.run().unwrap();
    Loop::close(env.into_loop()).unwrap();
}

/// What the server has seen.
#[derive(Default)]
struct Served {
    open: Cell<usize>,
    most: Cell<usize>,
    closed: Cell<usize>,
    bytes: Cell<u64>,
}

fn serve(count: usize) {
    let served = Rc::new(Served::default());
    let child = Rc::new(RefCell::new(None));
    let (seen, started) = (served.clone(), child.clone());
    program(move |cx| {
        let server = net::create_server(cx, ServerOptions::new(), move |cx, server, socket| {
            seen.open.set(seen.open.get() + 1);
            seen.most.set(seen.most.get().max(server.connections(cx)));
            if seen.open.get() == count {
                server.close(cx);
            }
            echo(cx, socket, seen.clone());
        });
        let listening = move |cx: &mut Ctx, server: Server| {
            let port = server.port(cx).unwrap();
            *started.borrow_mut() = Some(start_clients(port, count));
        };
        let here = ListenOptions::port(0).host("127.0.0.1");
        server.listen_then(cx, here, listening).unwrap();
    });
    let child = child.take().unwrap().wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
    // None ends before all have had all their messages back: so all were open at once.
    assert_eq!((served.most.get(), served.closed.get()), (count, count));
    assert_eq!(served.bytes.get(), (count * MESSAGES * MESSAGE) as u64);
}

fn echo(cx: &mut Ctx, socket: Socket, served: Rc<Served>) {
    socket.on_data(cx, |cx, socket, chunk| {
        socket.write(cx, chunk);
    });
    socket.on_close(cx, move |cx, socket, had_error| {
        assert!(!had_error);
        assert_eq!(socket.bytes_read(cx), socket.bytes_written(cx));
        served.bytes.set(served.bytes.get() + socket.bytes_read(cx));
        served.closed.set(served.closed.get() + 1);
    });
}

fn start_clients(port: u16, count: usize) -> std::process::Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "ten_thousand", "--nocapture"])
        .env(PORT, port.to_string())
        .env(COUNT, count.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The clients, as far as they have come.
struct Clients {
    port: usize,
    count: usize,
    begun: Cell<usize>,
    connected: RefCell<Vec<(Socket, usize)>>,
    done: Cell<usize>,
    closed: Cell<usize>,
}

fn clients(port: usize, count: usize) {
    assert_eq!(allowed().min(count), count);
    let all = Rc::new(Clients {
        port,
        count,
        begun: Cell::new(0),
        connected: RefCell::default(),
        done: Cell::new(0),
        closed: Cell::new(0),
    });
    let begin = all.clone();
    program(move |cx| {
        for _ in 0..CONNECTING.min(count) {
            begin.connect(cx);
        }
    });
    assert_eq!((all.done.get(), all.closed.get()), (count, count));
}

impl Clients {
    /// One more; and when the last one is connected, all begin to send.
    fn connect(self: &Rc<Clients>, cx: &mut Ctx) {
        let number = self.begun.replace(self.begun.get() + 1);
        let to = ConnectOptions::port(self.port as i64).host("127.0.0.1");
        let socket = net::connect(cx, to).unwrap();
        let all = self.clone();
        socket.on_connect(cx, move |cx, socket| {
            all.connected.borrow_mut().push((socket, number));
            if all.begun.get() < all.count {
                all.connect(cx);
            }
            if all.connected.borrow().len() == all.count {
                let connected = all.connected.borrow().clone();
                for (socket, number) in connected {
                    all.converse(cx, socket, number);
                }
            }
        });
    }

    /// Sends a burst, and the next one when that has come back.
    fn converse(self: &Rc<Clients>, cx: &mut Ctx, socket: Socket, number: usize) {
        let word = |message: usize| {
            [
                (number as u32).to_be_bytes(),
                (message as u32).to_be_bytes(),
            ]
        };
        let script: Vec<u8> = (0..MESSAGES).flat_map(word).flatten().collect();
        send_burst(cx, socket, &script);
        let (all, mut got) = (self.clone(), 0);
        socket.on_data(cx, move |cx, socket, chunk| {
            assert!(
                script[got..].starts_with(chunk.as_bytes()),
                "of {number}, behind {got}"
            );
            got += chunk.as_bytes().len();
            if got == script.len() {
                all.one_is_done(cx);
            } else if got % (BURST * MESSAGE) == 0 {
                send_burst(cx, socket, &script[got..]);
            }
        });
        let all = self.clone();
        socket.on_close(cx, move |_, _, had_error| {
            assert!(!had_error);
            all.closed.set(all.closed.get() + 1);
        });
    }

    /// When all are, all end.
    fn one_is_done(&self, cx: &mut Ctx) {
        self.done.set(self.done.get() + 1);
        if self.done.get() == self.count {
            for (socket, _) in self.connected.take() {
                socket.end(cx);
            }
        }
    }
}

fn send_burst(cx: &mut Ctx, socket: Socket, left: &[u8]) {
    socket.cork(cx);
    for message in left.chunks(MESSAGE).take(BURST) {
        socket.write(cx, message.to_vec());
    }
    socket.uncork(cx);
}
