//! What can be asked of a socket, at each stop of its life.

use uvox::event_loop::Ctx;
use uvox::net::{self, ConnectOptions, ServerOptions, Socket};

use super::common::{Log, as_node_does, scenario, serve};

const ASK: &str = r"
function ask(at, socket) {
  say(at, socket.readyState, socket.connecting, socket.pending, socket.destroyed, socket.bufferSize ?? 'none',
    'read', socket.bytesRead, 'written', socket.bytesWritten,
    'local', socket.localAddress ?? 'none', socket.localFamily ?? 'none',
    'remote', socket.remoteAddress ?? 'none', socket.remotePort ?? 'none', socket.remoteFamily ?? 'none');
}
";

fn ask(cx: &mut Ctx, log: &Log, at: &str, socket: Socket) {
    fn shown(what: Option<impl ToString>) -> String {
        what.map_or("none".to_owned(), |what| what.to_string())
    }
    log.say(format!(
        "{at} {} {} {} {} {} read {} written {} local {} {} remote {} {} {}",
        socket.ready_state(cx),
        socket.is_connecting(cx),
        socket.is_pending(cx),
        socket.is_destroyed(cx),
        shown(socket.buffer_size(cx)),
        socket.bytes_read(cx),
        socket.bytes_written(cx),
        shown(socket.local_address(cx)),
        shown(socket.local_family(cx)),
        shown(socket.remote_address(cx)),
        shown(socket.remote_port(cx)),
        shown(socket.remote_family(cx)),
    ));
}

#[test]
fn from_before_connect_until_after_close() {
    scenario(|| {
        as_node_does(
            &format!(
                "{ASK}{}",
                r"
        serve(1, {}, (socket) => socket.once('data', () => socket.end('reply')), (server, port) => {
          const socket = new net.Socket();
          ask('new', socket);
          socket.connect(port, '127.0.0.1');
          ask('connecting', socket);
          socket.write('reqü');
          socket.write(Buffer.from('est'));
          ask('written', socket);
          socket.on('connect', () => ask('connect', socket));
          socket.on('ready', () => ask('ready', socket));
          socket.on('data', () => ask('data', socket));
          socket.on('end', () => ask('end', socket));
          socket.on('finish', () => ask('finish', socket));
          socket.on('close', () => ask('close', socket));
        });
        "
            ),
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    |cx, socket| {
                        socket.once_data(cx, |cx, socket, _| socket.end_with(cx, "reply"));
                    },
                    move |cx, _, port| {
                        let socket = Socket::new(cx, Default::default()).unwrap();
                        ask(cx, &log, "new", socket);
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        socket.connect(cx, options).unwrap();
                        ask(cx, &log, "connecting", socket);
                        socket.write(cx, "reqü");
                        socket.write(cx, &b"est"[..]);
                        ask(cx, &log, "written", socket);
                        let note = |at: &'static str| {
                            let log = log.clone();
                            move |cx: &mut Ctx, socket: Socket| ask(cx, &log, at, socket)
                        };
                        socket.on_connect(cx, note("connect"));
                        socket.on_ready(cx, note("ready"));
                        let data = note("data");
                        socket.on_data(cx, move |cx, socket, _| data(cx, socket));
                        socket.on_end(cx, note("end"));
                        socket.on_finish(cx, note("finish"));
                        let close = note("close");
                        socket.on_close(cx, move |cx, socket, _| close(cx, socket));
                    },
                );
            },
            &[
                "new open false true false none read 0 written 0 local none none remote none none none",
                "connecting opening true true false 0 read 0 written 0 local none none remote none none none",
                "written opening true true false 7 read 0 written 8 local none none remote none none none",
                "connect open false false false 0 read 0 written 8 local 127.0.0.1 IPv4 remote 127.0.0.1 PORT IPv4",
                "ready open false false false 0 read 0 written 8 local 127.0.0.1 IPv4 remote 127.0.0.1 PORT IPv4",
                "data open false false false 0 read 5 written 8 local 127.0.0.1 IPv4 remote 127.0.0.1 PORT IPv4",
                "end writeOnly false false false 0 read 5 written 8 local 127.0.0.1 IPv4 remote 127.0.0.1 PORT IPv4",
                "finish closed false false false 0 read 5 written 8 local 127.0.0.1 IPv4 remote 127.0.0.1 PORT IPv4",
                "close closed false true true none read 5 written 8 local none none remote 127.0.0.1 PORT IPv4",
            ],
        );
    });
}

#[test]
fn of_halves_and_of_what_was_asked_only_late() {
    scenario(|| {
        as_node_does(
            &format!(
                "{ASK}{}",
                r"
        serve(1, { allowHalfOpen: true }, (socket) => {
          socket.resume();
          socket.on('end', () => { label(socket.remotePort, 'CLIENT'); ask('theirs', socket); socket.end('x'); });
        }, (server, port) => {
          const socket = new net.Socket({ allowHalfOpen: true });
          socket.connect(port, '127.0.0.1');
          socket.end('request');
          ask('ended', socket);
          socket.on('finish', () => ask('finish', socket));
          socket.on('data', () => {
            socket.destroy();
            ask('destroyed', socket);
          });
        });
        "
            ),
            |cx, log| {
                let (log, theirs) = (log.clone(), log.clone());
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new().allow_half_open(true),
                    move |cx, socket| {
                        socket.resume(cx);
                        let log = theirs.clone();
                        socket.on_end(cx, move |cx, socket| {
                            log.label(socket.remote_port(cx).unwrap(), "CLIENT");
                            ask(cx, &log, "theirs", socket);
                            socket.end_with(cx, "x");
                        });
                    },
                    move |cx, _, port| {
                        let options = net::SocketOptions::new().allow_half_open(true);
                        let socket = Socket::new(cx, options).unwrap();
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        socket.connect(cx, options).unwrap();
                        socket.end_with(cx, "request");
                        ask(cx, &log, "ended", socket);
                        let own = log.clone();
                        socket.on_finish(cx, move |cx, socket| ask(cx, &own, "finish", socket));
                        socket.on_data(cx, move |cx, socket, _| {
                            socket.destroy(cx);
                            ask(cx, &log, "destroyed", socket);
                        });
                    },
                );
            },
            &[
                "ended opening true true false 7 read 0 written 7 local none none remote none none none",
                "finish readOnly false false false 0 read 0 written 7 local 127.0.0.1 IPv4 remote 127.0.0.1 PORT IPv4",
                "theirs writeOnly false false false 0 read 7 written 0 local 127.0.0.1 IPv4 remote 127.0.0.1 CLIENT IPv4",
                "destroyed closed false true true none read 1 written 7 local none none remote 127.0.0.1 PORT IPv4",
            ],
        );
    });
}
