//! A callback that panics: the panic comes out of the run, and the loop can be run again. It goes on with what it had not come to, but for the listeners and the steps
//! that would have followed in the same event, as after an exception in Node.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::time::Duration;

use uvox::env::{self, Env};
use uvox::event_loop::{Ctx, Loop};
use uvox::net::{self, ConnectOptions, ListenOptions, ServerOptions, Socket, SocketOptions};
use uvox_testing::{Seen, scenario};

const MESSAGE: &str = "on purpose";

/// Runs to the end, however often somebody panics on purpose; how often that was.
fn run_through_panics(env: &mut Env) -> usize {
    let mut panics = 0;
    loop {
        match catch_unwind(AssertUnwindSafe(|| env.run())) {
            Ok(result) => {
                result.unwrap();
                return panics;
            }
            Err(payload) => {
                assert_eq!(payload.downcast_ref::<&str>(), Some(&MESSAGE));
                panics += 1;
            }
        }
    }
}

/// Panics the first time.
fn panic_once() -> impl FnMut() + 'static {
    let mut calls = 0;
    move || {
        calls += 1;
        if calls == 1 {
            panic_any(MESSAGE);
        }
    }
}

const OF_SOCKETS: [&str; 7] = [
    "connect", "ready", "data", "end", "finish", "error", "close",
];

fn panic_in(cx: &mut Ctx, socket: Socket, event: &str) {
    let mut f = panic_once();
    match event {
        "connect" => drop(socket.on_connect(cx, move |_, _| f())),
        "ready" => drop(socket.on_ready(cx, move |_, _| f())),
        "data" => drop(socket.on_data(cx, move |_, _, _| f())),
        "end" => drop(socket.on_end(cx, move |_, _| f())),
        "finish" => drop(socket.on_finish(cx, move |_, _| f())),
        "error" => drop(socket.on_error(cx, move |_, _, _| f())),
        _ => drop(socket.on_close(cx, move |_, _, _| f())),
    }
}

/// A client and its peer say a few words. Whatever panics at either, both can be closed, and so is the server then.
fn conversation(
    cx: &mut Ctx,
    event: &'static str,
    at_client: bool,
    closes: &Seen<&'static str>,
    sockets: &Seen<Socket>,
) {
    let (record, record_peer) = (sockets.clone(), sockets.clone());
    let note = closes.clone();
    let server = net::create_server(cx, ServerOptions::new(), move |cx, server, socket| {
        server.close(cx);
        record_peer.add(socket);
        let note = note.clone();
        socket.on_error(cx, |_, _, _| ());
        socket.on_close(cx, move |_, _, _| note.add("peer"));
        socket.resume(cx);
        socket.end_with(cx, "y".repeat(20_000));
        if event == "error" && !at_client {
            socket.on_data(cx, |cx, socket, _| {
                socket.destroy_with(cx, uvox::Error::new("ENOUGH", "enough"));
            });
        }
        if !at_client {
            panic_in(cx, socket, event);
        }
    });
    let note = closes.clone();
    server.on_close(cx, move |_, _| note.add("server"));
    let note = closes.clone();
    server.on_listening(cx, move |cx, server| {
        let options = ConnectOptions::port(server.port(cx).unwrap()).host("127.0.0.1");
        let socket = net::connect(cx, options).unwrap();
        record.add(socket);
        let note = note.clone();
        socket.on_error(cx, |_, _, _| ());
        socket.on_close(cx, move |_, _, _| note.add("client"));
        socket.resume(cx);
        socket.end_with(cx, "x".repeat(20_000));
        if event == "error" && at_client {
            socket.on_data(cx, |cx, socket, _| {
                socket.destroy_with(cx, uvox::Error::new("ENOUGH", "enough"));
            });
        }
        if at_client {
            panic_in(cx, socket, event);
        }
    });
    server
        .listen(cx, ListenOptions::port(0).host("127.0.0.1"))
        .unwrap();
}

#[test]
fn a_listener_of_a_socket() {
    scenario(|| {
        for event in OF_SOCKETS {
            for at_client in [true, false] {
                let closes = Seen::new();
                let mut env = Env::new().unwrap();
                let sockets = Seen::new();
                let (note, record) = (closes.clone(), sockets.clone());
                env::set_immediate(&mut env, move |cx| {
                    conversation(cx, event, at_client, &note, &record);
                });
                let panics = run_through_panics(&mut env);
                // One that never came to be read, or ended, because it panicked before that.
                for socket in sockets.all() {
                    socket.destroy(&mut env);
                }
                assert_eq!(run_through_panics(&mut env), 0);
                let mut closed = closes.all();
                closed.sort_unstable();
                assert_eq!(closed, ["client", "peer", "server"], "{event} {at_client}");
                let never = ["connect", "ready"].contains(&event) && !at_client;
                assert_eq!(panics, usize::from(!never), "{event} {at_client}");
                Loop::close(env.into_loop()).unwrap();
            }
        }
    });
}

/// What would have followed in the same event does not: no 'ready' after 'connect', and no first read; no end of ours after the peer's. It can be destroyed.
#[test]
fn what_follows_in_the_event_is_dropped() {
    scenario(|| {
        for (event, expected) in [("connect", &[][..]), ("end", &["ready"][..])] {
            let mut env = Env::new().unwrap();
            let (listener, seen) = (
                std::net::TcpListener::bind("127.0.0.1:0").unwrap(),
                Seen::new(),
            );
            let port = listener.local_addr().unwrap().port();
            let socket = Socket::new(&mut env, SocketOptions::new()).unwrap();
            panic_in(&mut env, socket, event);
            let note = |name| {
                let seen = seen.clone();
                move |_: &mut Ctx, _| seen.add(name)
            };
            socket.on_ready(&mut env, note("ready"));
            socket.on_end(&mut env, note("end"));
            socket.on_finish(&mut env, note("finish"));
            let closed = seen.clone();
            socket.on_close(&mut env, move |_, _, _| closed.add("close"));
            let options = ConnectOptions::port(port).host("127.0.0.1");
            socket.connect(&mut env, options).unwrap();
            socket.resume(&mut env);
            let peer = std::thread::spawn(move || drop(listener.accept().unwrap()));
            assert_eq!(run_through_panics(&mut env), 1);
            assert_eq!(seen.take(), expected, "{event}");
            socket.destroy(&mut env);
            assert_eq!(run_through_panics(&mut env), 0);
            peer.join().unwrap();
            Loop::close(env.into_loop()).unwrap();
        }
    });
}

/// The attempt is not made then, and as in Node the socket is connecting until it is destroyed.
#[test]
fn a_listener_of_an_attempt() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let closes = Seen::new();
        let note = closes.clone();
        let socket = net::connect(&mut env, ConnectOptions::port(1).host("127.0.0.1")).unwrap();
        socket.on_connection_attempt(&mut env, |_, _, _| panic_any(MESSAGE));
        socket.on_close(&mut env, move |_, _, had_error| note.add(had_error));
        assert_eq!(run_through_panics(&mut env), 1);
        assert!(closes.is_empty() && socket.is_connecting(&env));
        socket.destroy(&mut env);
        assert_eq!(run_through_panics(&mut env), 0);
        assert_eq!(closes.all(), [false]);
        Loop::close(env.into_loop()).unwrap();
    });
}

#[test]
fn a_listener_of_a_server() {
    scenario(|| {
        for event in ["listening", "connection", "close"] {
            let mut env = Env::new().unwrap();
            let closes = Seen::new();
            let note = closes.clone();
            env::set_immediate(&mut env, move |cx| {
                let server = net::Server::new(cx, ServerOptions::new());
                server.on_connection(cx, |cx, server, socket| {
                    server.close(cx);
                    socket.resume(cx);
                    socket.end(cx);
                });
                server.on_listening(cx, |cx, server| {
                    let options = ConnectOptions::port(server.port(cx).unwrap()).host("127.0.0.1");
                    net::connect(cx, options).unwrap().resume(cx);
                });
                server.on_close(cx, move |_, _| note.add(()));
                let mut f = panic_once();
                match event {
                    "listening" => drop(server.on_listening(cx, move |_, _| f())),
                    "connection" => drop(server.on_connection(cx, move |_, _, _| f())),
                    _ => drop(server.on_close(cx, move |_, _| f())),
                }
                server
                    .listen(cx, ListenOptions::port(0).host("127.0.0.1"))
                    .unwrap();
            });
            assert_eq!(run_through_panics(&mut env), 1, "{event}");
            assert_eq!(closes.len(), 1, "{event}");
            Loop::close(env.into_loop()).unwrap();
        }
    });
}

#[test]
fn an_interval() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let (seen, mut f) = (Seen::new(), panic_once());
        let note = seen.clone();
        env::set_interval(&mut env, Duration::from_millis(1), move |cx, timeout| {
            note.add(());
            if note.len() == 3 {
                timeout.clear(cx);
            }
            f();
        });
        assert_eq!(run_through_panics(&mut env), 1);
        assert_eq!(seen.len(), 3);
    });
}

/// The socket is idle for a while, twice.
#[test]
fn a_listener_of_timeout() {
    scenario(|| {
        let (one, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let mut env = Env::new().unwrap();
        let (seen, mut f) = (Seen::new(), panic_once());
        let note = seen.clone();
        env::enter(&mut env, |cx| {
            let options = SocketOptions::new().fd(one);
            let socket = Socket::new(cx, options).unwrap();
            socket.set_timeout(cx, Duration::from_millis(1));
            socket.on_timeout(cx, move |cx, socket| {
                note.add(());
                if note.len() == 2 {
                    socket.destroy(cx);
                } else {
                    socket.set_timeout(cx, Duration::from_millis(1));
                }
                f();
            });
        });
        assert_eq!(run_through_panics(&mut env), 1);
        assert_eq!(seen.len(), 2);
    });
}

#[test]
fn who_reads_into_a_buffer_of_its_own() {
    scenario(|| {
        let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
        std::io::Write::write_all(&mut &other, b"abcdef").unwrap();
        drop(other);
        let mut env = Env::new().unwrap();
        let (seen, mut f) = (Seen::new(), panic_once());
        let note = seen.clone();
        env::enter(&mut env, |cx| {
            let on_read = move |_: &mut Ctx, _, buffer: &mut Vec<u8>, count| {
                note.add(buffer[..count].to_vec());
                f();
                true
            };
            let options = SocketOptions::new().fd(one).on_read(vec![0; 2], on_read);
            Socket::new(cx, options).unwrap();
        });
        assert_eq!(run_through_panics(&mut env), 1);
        assert_eq!(seen.all(), [b"ab".to_vec(), b"cd".to_vec(), b"ef".to_vec()]);
    });
}

#[test]
fn who_hears_of_errors_that_nobody_caught() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let (seen, mut f) = (Seen::new(), panic_once());
        let note = seen.clone();
        env::on_uncaught(&mut env, move |_, error| {
            note.add(error.code().to_owned());
            f();
        });
        for code in ["FIRST", "SECOND"] {
            env::set_immediate(&mut env, move |cx| {
                env::throw(cx, uvox::Error::new(code, ""))
            });
        }
        assert_eq!(run_through_panics(&mut env), 1);
        assert_eq!(seen.all(), ["FIRST", "SECOND"]);
    });
}
