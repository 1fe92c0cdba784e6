//! A connection has the options of its server when 'connection' tells of it.

use std::time::Duration;

use uvox::env;
use uvox::event_loop::Ctx;
use uvox::net::{Server, ServerOptions};

use super::common::{as_node, client, loopback};
#[cfg(target_os = "linux")]
use super::common::{kernel_option, program, scenario};

/// Of `SOL_SOCKET` and `IPPROTO_TCP`, as Linux numbers them.
#[cfg(target_os = "linux")]
mod number {
    pub(super) const KEEPALIVE: (i32, i32) = (1, 9);
    pub(super) const NODELAY: (i32, i32) = (6, 1);
    pub(super) const KEEPIDLE: (i32, i32) = (6, 4);
    pub(super) const KEEPINTVL: (i32, i32) = (6, 5);
    pub(super) const KEEPCNT: (i32, i32) = (6, 6);
}

/// What the kernel says of a connection to a server with these options: no delay, keep-alive, and its three numbers.
#[cfg(target_os = "linux")]
fn settings(options: ServerOptions) -> [i32; 5] {
    use number::{KEEPALIVE, KEEPCNT, KEEPIDLE, KEEPINTVL, NODELAY};
    let said = program(|cx, log| {
        let server = Server::new(cx, options);
        server.on_connection(cx, move |cx, server, socket| {
            for (level, name) in [NODELAY, KEEPALIVE, KEEPIDLE, KEEPINTVL, KEEPCNT] {
                log.say(kernel_option(cx, socket.wrap(cx), level, name));
            }
            socket.destroy(cx);
            server.close(cx);
        });
        let listening = |cx: &mut Ctx, server| {
            client(cx, server);
        };
        server.listen_then(cx, loopback(), listening).unwrap();
    });
    let numbers: Vec<i32> = said.iter().map(|line| line.parse().unwrap()).collect();
    numbers.try_into().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn no_delay_and_keep_alive() {
    scenario(|| {
        let plain = settings(ServerOptions::new());
        assert_eq!(plain[..2], [0, 0]);
        let [.., idle, interval, count] = plain;
        let no_delay = settings(ServerOptions::new().no_delay(true));
        assert_eq!(no_delay, [1, 0, idle, interval, count]);
        let seven = ServerOptions::new().keep_alive(true, Duration::from_millis(7900));
        assert_eq!(settings(seven), [0, 1, 7, 1, 10], "whole seconds");
        // The kernel takes no delay of none, and keeps its own times.
        let none = ServerOptions::new().keep_alive(true, Duration::ZERO);
        assert_eq!(settings(none), [0, 1, idle, interval, count]);
        let off = ServerOptions::new().keep_alive(false, Duration::from_secs(7));
        assert_eq!(settings(off), plain);
    });
}

/// The client says something and ends; nobody reads that before it is asked for.
#[test]
fn pause_on_connect() {
    let code = "
        const server = net.createServer({ pauseOnConnect: true }, (socket) => {
          say(`${socket.isPaused()} ${socket.readableFlowing}`);
          socket.on('data', (d) => say(`data ${d}`));
          socket.on('close', () => say('close'));
          setTimeout(() => {
            say(`${socket.bytesRead} ${socket.isPaused()}`);
            socket.resume();
          }, 20);
          server.close();
        }).listen(0, '127.0.0.1', () => net.connect(server.address().port, '127.0.0.1').end('text').resume());
    ";
    let lines = ["true false", "0 true", "data text", "close"];
    as_node(&lines, code, |cx, log| {
        let server = Server::new(cx, ServerOptions::new().pause_on_connect(true));
        server.on_connection(cx, move |cx, server, socket| {
            let flowing = |cx: &mut Ctx| match socket.readable_flowing(cx) {
                None => "null".to_owned(),
                Some(flows) => flows.to_string(),
            };
            let text = format!("{} {}", socket.is_paused(cx), flowing(cx));
            log.say(text);
            let note = log.clone();
            socket.on_data(cx, move |_, _, data| {
                note.say(format!("data {}", String::from_utf8_lossy(data.as_bytes())));
            });
            let note = log.clone();
            socket.on_close(cx, move |_, _, _| note.say("close"));
            let note = log.clone();
            env::set_timeout(cx, Duration::from_millis(20), move |cx| {
                note.say(format!(
                    "{} {}",
                    socket.bytes_read(cx),
                    socket.is_paused(cx)
                ));
                socket.resume(cx);
            });
            server.close(cx);
        });
        let listening = |cx: &mut Ctx, server| {
            client(cx, server).end_with(cx, "text");
        };
        server.listen_then(cx, loopback(), listening).unwrap();
    });
}

/// The client has ended; a little later the server would like to say something.
fn half_open(allow: bool, lines: &[&str]) {
    let code = format!(
        "const server = net.createServer({{ allowHalfOpen: {allow} }}, (socket) => {{
          socket.on('end', () => {{
            say('end');
            setImmediate(() => {{ say(socket.readyState); if (socket.writable) socket.end('late'); }});
          }});
          socket.on('close', () => say('close'));
          socket.resume();
          server.close();
        }}).listen(0, '127.0.0.1', () => net.connect(server.address().port, '127.0.0.1').resume().end());"
    );
    as_node(lines, &code, |cx, log| {
        let server = Server::new(cx, ServerOptions::new().allow_half_open(allow));
        server.on_connection(cx, move |cx, server, socket| {
            let note = log.clone();
            socket.on_end(cx, move |cx, _| {
                note.say("end");
                let note = note.clone();
                env::set_immediate(cx, move |cx| {
                    note.say(socket.ready_state(cx));
                    if socket.is_writable(cx) {
                        socket.end_with(cx, "late");
                    }
                });
            });
            let note = log.clone();
            socket.on_close(cx, move |_, _, _| note.say("close"));
            socket.resume(cx);
            server.close(cx);
        });
        let listening = |cx: &mut Ctx, server: Server| {
            client(cx, server).end(cx);
        };
        server.listen_then(cx, loopback(), listening).unwrap();
    });
}

#[test]
fn allow_half_open() {
    half_open(true, &["end", "writeOnly", "close"]);
    half_open(false, &["end", "closed", "close"]);
}

#[test]
fn high_water_mark() {
    let code = "
        const server = net.createServer({ highWaterMark: 100 }, (socket) => {
          say(`${socket.readableHighWaterMark} ${socket.writableHighWaterMark} ${socket.write('x'.repeat(10_000_000))}`);
          socket.destroy();
          server.close();
        }).listen(0, '127.0.0.1', () => net.connect(server.address().port, '127.0.0.1').resume().on('error', () => {}));
    ";
    as_node(&["100 100 false"], code, |cx, log| {
        let server = Server::new(cx, ServerOptions::new().high_water_mark(100));
        server.on_connection(cx, move |cx, server, socket| {
            let (read, write) = (
                socket.readable_high_water_mark(cx),
                socket.writable_high_water_mark(cx),
            );
            let more = socket.write(cx, "x".repeat(10_000_000));
            log.say(format!("{read} {write} {more}"));
            socket.destroy(cx);
            server.close(cx);
        });
        let listening = |cx: &mut Ctx, server| {
            client(cx, server);
        };
        server.listen_then(cx, loopback(), listening).unwrap();
    });
}
