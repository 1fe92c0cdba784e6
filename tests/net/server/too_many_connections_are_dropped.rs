//! `max_connections`: what is beyond is closed, and 'drop' says whose it was.

use std::os::unix::net::UnixStream;

use uvox::env;
use uvox::event_loop::Ctx;
use uvox::net::{ConnectionInfo, ListenOptions, Server};

use super::common::{as_node, client, loopback, program, scenario, server};

#[test]
fn drop_and_what_it_says() {
    let code = "
        const server = watch(net.createServer()).listen(0, '127.0.0.1');
        server.maxConnections = 2;
        const sockets = [];
        server.on('connection', (socket) => { sockets.push(socket.on('error', () => {})); });
        server.on('drop', (d) => {
          say(`${d.localAddress} ${d.localFamily} ${d.localPort === server.address().port} ${d.remoteAddress} ${d.remoteFamily} ${d.remotePort > 0}`);
          server.getConnections((e, n) => {
            say(n);
            server.close();
            for (const socket of sockets) socket.destroy();
          });
        });
        server.on('listening', () => {
          for (let i = 0; i < 3; i++) net.connect(server.address().port, '127.0.0.1').on('error', () => {}).resume();
        });
    ";
    let lines = [
        "listening",
        "connection",
        "connection",
        "drop",
        "127.0.0.1 IPv4 true 127.0.0.1 IPv4 true",
        "2",
        "close",
    ];
    as_node(&lines, code, |cx, log| {
        let server = server(cx);
        log.watch(cx, server);
        server.listen(cx, loopback()).unwrap();
        server.set_max_connections(cx, Some(2));
        let mut sockets = Vec::new();
        let (send, receive) = std::sync::mpsc::channel();
        server.on_connection(cx, move |cx, _, socket| {
            socket.on_error(cx, |_, _, _| ());
            send.send(socket).unwrap();
        });
        server.on_drop(cx, move |cx, server, info| {
            sockets.extend(receive.try_iter());
            let (local, remote) = (info.local.as_ref().unwrap(), info.remote.as_ref().unwrap());
            log.say(format!(
                "{} {} {} {} {} {}",
                local.address,
                local.family,
                Some(local.port) == server.port(cx),
                remote.address,
                remote.family,
                remote.port > 0
            ));
            let (log, sockets) = (log.clone(), std::mem::take(&mut sockets));
            server.get_connections(cx, move |cx, count| {
                log.say(count.unwrap());
                server.close(cx);
                for socket in sockets {
                    socket.destroy(cx);
                }
            });
        });
        server.on_listening(cx, |cx, server| {
            for _ in 0..3 {
                client(cx, server);
            }
        });
    });
}

/// As in Node 20; none at all is what `pause` is for.
#[test]
fn none_is_no_limit_and_neither_is_zero() {
    for max in [None, Some(0)] {
        let zero = if max.is_some() {
            "server.maxConnections = 0;"
        } else {
            ""
        };
        let code = format!(
            "const server = watch(net.createServer((socket) => {{ socket.destroy(); server.close(); }})).listen(0, '127.0.0.1');
            {zero}
            server.on('listening', () => net.connect(server.address().port, '127.0.0.1').on('error', () => {{}}).resume());"
        );
        as_node(&["listening", "connection", "close"], &code, |cx, log| {
            let server = server(cx);
            log.watch(cx, server);
            server.listen(cx, loopback()).unwrap();
            server.set_max_connections(cx, max);
            server.on_connection(cx, |cx, server, socket| {
                socket.destroy(cx);
                server.close(cx);
            });
            server.on_listening(cx, |cx, server| {
                client(cx, server);
            });
        });
    }
}

/// When one has gone there is room for another; of what comes over a path nothing is known.
#[test]
fn one_out_one_in() {
    scenario(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("server");
        let said = program(|cx, log| {
            let server = server(cx);
            log.watch(cx, server);
            server.set_max_connections(cx, Some(1));
            server.listen(cx, ListenOptions::path(&path)).unwrap();
            let mut first: Vec<UnixStream> = vec![UnixStream::connect(&path).unwrap()];
            let mut second = vec![UnixStream::connect(&path).unwrap()];
            let mut is_first = true;
            server.on_connection(cx, move |cx, server, socket| {
                socket.resume(cx);
                assert_eq!(server.connections(cx), 1);
                if !std::mem::take(&mut is_first) {
                    socket.destroy(cx);
                    server.close(cx);
                }
            });
            server.on_drop(cx, move |cx, server, info| {
                assert_eq!(*info, ConnectionInfo::default());
                first.clear();
                second.clear();
                until_empty(cx, server, path.clone());
            });
        });
        let lines = ["listening", "connection", "drop", "connection", "close"];
        assert_eq!(said, lines);
    });
}

fn until_empty(cx: &mut Ctx, server: Server, path: std::path::PathBuf) {
    env::set_immediate(cx, move |cx| match server.connections(cx) {
        0 => drop(UnixStream::connect(&path).unwrap()),
        _ => until_empty(cx, server, path),
    });
}
