//! Arguments that are as small, as large or as strange as they can be.

use std::os::unix::ffi::OsStrExt;
use std::time::Duration;

use uvox::env::{self, Env};
use uvox::event_loop::{Ctx, Loop};
use uvox::net::{
    self, ConnectOptions, ListenOptions, Server, ServerOptions, Socket, SocketOptions,
};
use uvox_testing::{Seen, scenario};

fn ended(env: Env) {
    Loop::close(env.into_loop()).unwrap();
}

/// A client of a server, connected, and what it does then; both are closed when it is.
fn connected(
    server: ServerOptions,
    client: SocketOptions,
    options: impl Fn(ConnectOptions) -> ConnectOptions + 'static,
    then: impl FnOnce(&mut Ctx, Socket) + 'static,
) {
    let mut env = Env::new().unwrap();
    let (mut client, mut then) = (Some(client), Some(then));
    env::enter(&mut env, |cx| {
        let server = net::create_server(cx, server, |cx, server, socket| {
            server.close(cx);
            socket.on_error(cx, |_, _, _| ());
            socket.pipe(cx, socket.duplex());
        });
        server.on_listening(cx, move |cx, server| {
            let socket = Socket::new(cx, client.take().unwrap()).unwrap();
            let to = ConnectOptions::port(server.port(cx).unwrap()).host("127.0.0.1");
            socket.connect(cx, options(to)).unwrap();
            socket.once_connect(cx, then.take().unwrap());
        });
        server
            .listen(cx, ListenOptions::port(0).host("127.0.0.1"))
            .unwrap();
    });
    env.run().unwrap();
    ended(env);
}

#[test]
fn times() {
    scenario(|| {
        for time in [Duration::ZERO, Duration::from_nanos(1), Duration::MAX] {
            let server = ServerOptions::new().keep_alive(true, time);
            let client = SocketOptions::new().keep_alive(true, time);
            let options = move |options: ConnectOptions| {
                let options = options.auto_select_family_attempt_timeout(time);
                options.timeout(time)
            };
            connected(server, client, options, move |cx, socket| {
                socket.set_keep_alive(cx, true, time);
                socket.set_keep_alive_probes(cx, time, time, 0);
                socket.set_keep_alive_probes(cx, time, time, u32::MAX);
                let _ = socket.set_user_timeout(cx, Some(time));
                socket.set_timeout(cx, time);
                assert_eq!(socket.timeout(cx), time);
                socket.end(cx);
                socket.resume(cx);
            });
        }
        // Too late, and much too late.
        connected(
            ServerOptions::new(),
            SocketOptions::new(),
            |options| options.connect_timeout(Duration::MAX),
            |cx, socket| socket.destroy(cx),
        );
    });
}

#[test]
fn timeouts_and_intervals() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let never = env::set_timeout(&mut env, Duration::MAX, |_| unreachable!());
        let nor = env::set_interval(&mut env, Duration::MAX, |_, _| unreachable!());
        let seen = Seen::new();
        let note = seen.clone();
        env::set_interval(&mut env, Duration::ZERO, move |cx, interval| {
            note.add(());
            if note.len() == 3 {
                interval.clear(cx);
                interval.clear(cx);
                interval.refresh(cx);
                never.refresh(cx);
                never.clear(cx);
                nor.clear(cx);
            }
        });
        env.run().unwrap();
        assert_eq!(seen.len(), 3);
    });
}

#[test]
fn marks_and_limits() {
    scenario(|| {
        for mark in [0, 1, usize::MAX] {
            let server = ServerOptions::new().high_water_mark(mark);
            let client = SocketOptions::new().high_water_mark(mark);
            let seen = Seen::new();
            let note = seen.clone();
            connected(
                server,
                client,
                |options| options,
                move |cx, socket| {
                    // It goes out at once, so that nothing is buffered.
                    assert!(socket.write(cx, "word"), "{mark}");
                    socket.end(cx);
                    socket.on_data(cx, move |_, _, chunk| note.add(chunk.len()));
                    assert!(socket.read(cx, usize::MAX).is_none());
                    assert!(socket.read(cx, 0).is_none());
                },
            );
            assert_eq!(seen.all().iter().sum::<usize>(), 4, "{mark}");
        }
        for limit in [0, usize::MAX] {
            let client = SocketOptions::new().write_limit(limit);
            let seen = Seen::new();
            let note = seen.clone();
            connected(
                ServerOptions::new().write_limit(limit),
                client,
                |options| options,
                move |cx, socket| {
                    let own = note.clone();
                    socket.on_error(cx, move |_, _, error| own.add(error.code().to_owned()));
                    socket.write(cx, "");
                    socket.write(cx, "word");
                    socket.end(cx);
                    socket.resume(cx);
                },
            );
            assert_eq!(seen.is_empty(), limit == usize::MAX, "{limit}");
        }
    });
}

#[test]
fn ports() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        for port in [i64::MIN, -1, 65536, i64::MAX] {
            let server = Server::new(&mut env, ServerOptions::new());
            let error = server.listen(&mut env, ListenOptions::port(port));
            assert_eq!(error.unwrap_err().code(), "ERR_SOCKET_BAD_PORT");
            server.release(&mut env);
            let error = net::connect(&mut env, ConnectOptions::port(port));
            assert_eq!(error.unwrap_err().code(), "ERR_SOCKET_BAD_PORT");
            let local = ConnectOptions::port(1).local_port(port);
            let error = net::connect(&mut env, local).unwrap_err();
            assert_eq!(error.code(), "ERR_SOCKET_BAD_PORT");
        }
        env.run().unwrap();
        ended(env);
    });
}

#[test]
fn backlogs() {
    scenario(|| {
        for backlog in [i32::MIN, -1, 0, 1, i32::MAX] {
            let mut env = Env::new().unwrap();
            let server = Server::new(&mut env, ServerOptions::new());
            let options = ListenOptions::port(0).host("127.0.0.1").backlog(backlog);
            server.listen(&mut env, options).unwrap();
            server.on_listening(&mut env, |cx, server| {
                let options = ConnectOptions::port(server.port(cx).unwrap()).host("127.0.0.1");
                net::connect(cx, options).unwrap().resume(cx);
            });
            server.on_connection(&mut env, |cx, server, socket| {
                server.close(cx);
                socket.resume(cx);
                socket.end(cx);
            });
            env.run().unwrap();
            ended(env);
        }
    });
}

/// A path need not be text.
#[test]
fn paths_that_are_no_text() {
    scenario(|| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder
            .path()
            .join(std::ffi::OsStr::from_bytes(b"\xff\xfe name"));
        let mut env = Env::new().unwrap();
        let server = net::create_server(&mut env, ServerOptions::new(), |cx, server, socket| {
            server.close(cx);
            socket.end_with(cx, "here");
            socket.resume(cx);
        });
        server.listen(&mut env, ListenOptions::path(&path)).unwrap();
        let seen = Seen::new();
        let note = seen.clone();
        let there = path.clone();
        server.on_listening(&mut env, move |cx, server| {
            let net::Address::Path(address) = server.address(cx).unwrap() else {
                unreachable!();
            };
            assert_eq!(address, there);
            let socket = net::connect(cx, ConnectOptions::path(&there)).unwrap();
            let note = note.clone();
            socket.on_data(cx, move |_, _, chunk| note.add(chunk.len()));
        });
        env.run().unwrap();
        assert_eq!(seen.all(), [4]);
        ended(env);

        let mut env = Env::new().unwrap();
        let socket = net::connect(&mut env, ConnectOptions::path(&path)).unwrap();
        let note = seen.clone();
        socket.on_error(&mut env, move |_, _, error| {
            assert_eq!(error.code(), "ENOENT");
            note.add(error.to_string().len());
        });
        env.run().unwrap();
        assert_eq!(seen.len(), 2);
        ended(env);
    });
}

#[test]
fn a_buffer_without_room() {
    scenario(|| {
        let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
        std::io::Write::write_all(&mut &other, b"abcdef").unwrap();
        drop(other);
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let note = seen.clone();
        env::enter(&mut env, |cx| {
            let options = SocketOptions::new().fd(one);
            let options = options.on_read(Vec::new(), |_, _, _, _| unreachable!());
            let socket = Socket::new(cx, options).unwrap();
            socket.on_error(cx, move |_, _, error| note.add(error.code().to_owned()));
        });
        env.run().unwrap();
        assert_eq!(seen.all(), ["ENOBUFS"]);
        ended(env);
    });
}

/// The callback takes the buffer away.
#[test]
fn a_buffer_that_loses_its_room() {
    scenario(|| {
        let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
        std::io::Write::write_all(&mut &other, b"abcdef").unwrap();
        drop(other);
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let note = seen.clone();
        env::enter(&mut env, |cx| {
            let options = SocketOptions::new().fd(one);
            let options = options.on_read(vec![0; 2], |_, _, buffer, count| {
                assert_eq!(count, 2);
                buffer.clear();
                true
            });
            let socket = Socket::new(cx, options).unwrap();
            socket.on_error(cx, move |_, _, error| note.add(error.code().to_owned()));
        });
        env.run().unwrap();
        assert_eq!(seen.all(), ["ENOBUFS"]);
        ended(env);
    });
}
