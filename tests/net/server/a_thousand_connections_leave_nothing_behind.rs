//! A thousand connections are accepted and closed, and nothing of them is left: no handle, no descriptor, no place at the server.

use std::cell::Cell;
use std::rc::Rc;

use uvox::event_loop::Ctx;
use uvox::net::{self, ConnectOptions, Server};

use super::common::{loopback, program, scenario, server, turns_later};

const ALL: usize = 1000;
const AT_ONCE: usize = 50;

/// How many are to be made still, and how many are to be closed.
struct Left {
    made: Cell<usize>,
    closed: Cell<usize>,
}

fn next(cx: &mut Ctx, server: Server, port: u16, left: Rc<Left>) {
    if left.made.get() == 0 {
        return;
    }
    left.made.set(left.made.get() - 1);
    let client = net::connect(cx, ConnectOptions::port(port).host("127.0.0.1")).unwrap();
    client.resume(cx);
    client.on_close(cx, move |cx, _, had_error| {
        assert!(!had_error);
        left.closed.set(left.closed.get() - 1);
        if left.closed.get() == 0 {
            // Those that wait to be accepted would be reset.
            server.close(cx);
        }
        next(cx, server, port, left.clone());
    });
}

#[test]
fn a_thousand_connections() {
    scenario(|| {
        let served = Rc::new(Cell::new(0));
        let count = served.clone();
        let said = program(move |cx, log| {
            let server = server(cx);
            server.listen(cx, loopback()).unwrap();
            server.on_connection(cx, move |cx, server, socket| {
                assert!(server.connections(cx) <= AT_ONCE);
                count.set(count.get() + 1);
                socket.resume(cx);
                socket.end_with(cx, "goodbye");
            });
            server.on_listening(cx, |cx, server| {
                let port = server.port(cx).unwrap();
                let left = Rc::new(Left {
                    made: Cell::new(ALL),
                    closed: Cell::new(ALL),
                });
                for _ in 0..AT_ONCE {
                    next(cx, server, port, left.clone());
                }
            });
            server.once_close(cx, move |cx, server| {
                log.say(server.connections(cx));
                // In the closing phases until then all of them go.
                turns_later(cx, |cx| {
                    let mut left = 0;
                    cx.walk(|_, _| left += 1);
                    assert!(left < 10, "{left} handles are left");
                });
            });
        });
        assert_eq!(said, ["0"]);
        assert_eq!(served.get(), ALL);
    });
}
