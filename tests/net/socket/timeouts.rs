//! 'timeout' of a socket that is idle.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use uvox::env;
use uvox::event_loop::Ctx;
use uvox::net::{self, ConnectOptions, ServerOptions, Socket};

use super::common::{Hanging, as_node_does, as_node_does_with, scenario, serve, watch};

#[test]
fn it_is_told_once_and_again_after_something_happened() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, {}, (socket) => socket.pipe(socket), (server, port) => {
          const socket = watch('client', net.connect(port, '127.0.0.1')).resume();
          socket.on('ready', () => { socket.setTimeout(20); say(socket.timeout); });
          let count = 0;
          socket.on('timeout', () => {
            if (++count === 1) {
              setTimeout(() => socket.write('x'), 60);
            } else {
              socket.setTimeout(0);
              say(socket.timeout);
              setTimeout(() => socket.end(), 60);
            }
          });
        });
        ",
            |cx, log| {
                let log = log.clone();
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    |cx, socket| {
                        socket.pipe(cx, socket.duplex());
                    },
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = net::connect(cx, options).unwrap();
                        watch(cx, &log, "client", socket);
                        socket.resume(cx);
                        let note = log.clone();
                        socket.on_ready(cx, move |cx, socket| {
                            socket.set_timeout(cx, Duration::from_millis(20));
                            note.say(socket.timeout(cx).as_millis().to_string());
                        });
                        let later = Duration::from_millis(60);
                        let mut count = 0;
                        socket.on_timeout(cx, move |cx, socket| {
                            count += 1;
                            if count == 1 {
                                env::set_timeout(cx, later, move |cx| {
                                    let _ = socket.write(cx, "x");
                                });
                            } else {
                                socket.set_timeout(cx, Duration::ZERO);
                                log.say(socket.timeout(cx).as_millis().to_string());
                                env::set_timeout(cx, later, move |cx| socket.end(cx));
                            }
                        });
                    },
                );
            },
            &[
                "client attempt 127.0.0.1 PORT 4",
                "client connect",
                "client ready",
                "20",
                "client timeout",
                "client timeout",
                "0",
                "client finish",
                "client end",
                "client close false",
            ],
        );
    });
}

#[test]
fn it_does_not_hold_the_loop_and_is_told_of_a_connection_that_hangs() {
    scenario(|| {
        let hanging = Hanging::at("127.0.0.2", 0);
        as_node_does_with(
            &[("PORT", hanging.port.to_string())],
            r"
        const socket = watch('client', net.connect({ port: PORT, host: '127.0.0.2', timeout: 500 }));
        say(socket.timeout);
        socket.on('timeout', () => socket.destroy());
        const idle = watch('idle', new net.Socket());
        idle.setTimeout(1);
        ",
            |cx, log| {
                let options = ConnectOptions::port(log.number("PORT"))
                    .host("127.0.0.2")
                    .timeout(Duration::from_millis(500));
                let socket = net::connect(cx, options).unwrap();
                watch(cx, log, "client", socket);
                log.say(socket.timeout(cx).as_millis().to_string());
                socket.on_timeout(cx, |cx, socket| socket.destroy(cx));
                let idle = Socket::new(cx, Default::default()).unwrap();
                watch(cx, log, "idle", idle);
                idle.set_timeout(cx, Duration::from_millis(1));
            },
            &[
                "500",
                "client attempt 127.0.0.2 PORT 4",
                "idle timeout",
                "client timeout",
                "client close false",
            ],
        );
    });
}

/// A reader that reads when there is something written, whichever comes first.
#[derive(Default)]
struct Pair {
    reader: Cell<Option<Socket>>,
    writes: Cell<bool>,
}

impl Pair {
    fn new() -> (Rc<Pair>, Rc<Pair>) {
        let pair = Rc::new(Pair::default());
        (pair.clone(), pair)
    }

    fn go(&self, cx: &mut Ctx, set: impl FnOnce(&Pair)) {
        set(self);
        if let (Some(socket), true) = (self.reader.get(), self.writes.get()) {
            socket.resume(cx);
        }
    }
}

#[test]
fn a_write_that_goes_on_is_not_idle() {
    scenario(|| {
        // The reader takes a little now and then, less often than the timeout is long, and each time the queue is shorter at the next look.
        as_node_does(
            r"
        let reader, writes;
        const go = () => reader && writes && reader.resume();
        serve(1, {}, (socket) => { reader = socket.pause(); go(); }, (server, port) => {
          const socket = net.connect(port, '127.0.0.1');
          socket.on('error', (error) => say(text(error)));
          socket.on('connect', () => {
            socket.write(Buffer.alloc(20000000), () => { say('written'); socket.destroy(); });
            say(socket.writableLength > 0);
            socket.setTimeout(1000);
            socket.on('timeout', () => say('timeout'));
            writes = true;
            go();
          });
        });
        ",
            |cx, log| {
                let log = log.clone();
                let (reader, theirs) = Pair::new();
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    move |cx, socket| {
                        socket.pause(cx);
                        theirs.go(cx, |pair| pair.reader.set(Some(socket)));
                    },
                    move |cx, _, port| {
                        let options = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = net::connect(cx, options).unwrap();
                        socket.on_connect(cx, move |cx, socket| {
                            let own = log.clone();
                            socket.write_then(cx, vec![0; 20_000_000], move |cx, result| {
                                result.unwrap();
                                own.say("written");
                                socket.destroy(cx);
                            });
                            log.say((socket.writable_length(cx) > 0).to_string());
                            socket.set_timeout(cx, Duration::from_secs(1));
                            let own = log.clone();
                            socket.on_timeout(cx, move |_, _| own.say("timeout"));
                            reader.go(cx, |pair| pair.writes.set(true));
                        });
                    },
                );
            },
            &["true", "written"],
        );
    });
}
