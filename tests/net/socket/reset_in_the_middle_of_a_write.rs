//! The peer resets the connection while a write is on its way: the kernel has a part of it, and the rest waits.

use std::cell::Cell;
use std::rc::Rc;

use uvox::event_loop::Ctx;
use uvox::net::{self, ConnectOptions, ServerOptions, Socket};

use super::common::{Log, as_node_does, outcome, scenario, serve, watch};

/// More than the kernel takes while nobody reads.
const MUCH: usize = 40_000_000;

/// Both ends, and that one writes, whichever comes first; when all of it is so, the other one resets.
#[derive(Clone, Default)]
struct Ends(Rc<[Cell<Option<Socket>>; 2]>);

impl Ends {
    fn is_there(&self, cx: &mut Ctx, end: usize, socket: Socket, log: &Log) {
        self.0[end].set(Some(socket));
        let [Some(writer), Some(other)] = [self.0[0].get(), self.0[1].get()] else {
            return;
        };
        writer.write_then(cx, "x".repeat(MUCH), outcome(log, "write"));
        writer.write_then(cx, "behind", outcome(log, "behind"));
        log.say((writer.writable_length(cx) > 0).to_string());
        other.reset_and_destroy(cx).unwrap();
    }
}

const ENDS: &str = r"
const ends = [];
function isThere(end, socket) {
  ends[end] = socket;
  const [writer, other] = ends;
  if (!writer || !other) return;
  writer.write('x'.repeat(40000000), outcome('write'));
  writer.write('behind', outcome('behind'));
  say(writer.writableLength > 0);
  other.resetAndDestroy();
}
";

/// Who writes reads, too, or not.
fn play(reads: bool, lines: &[&str]) {
    let node = format!(
        "{ENDS}
        serve(1, {{ pauseOnConnect: true }}, (socket) => isThere(1, socket), (server, port) => {{
          const client = watch('client', net.connect(port, '127.0.0.1'));
          if (!{reads}) client.pause();
          client.on('connect', () => isThere(0, client));
        }});"
    );
    let main = move |cx: &mut Ctx, log: &Log| {
        let ends = Ends::default();
        let theirs = ends.clone();
        let (log, note) = (log.clone(), log.clone());
        serve(
            cx,
            &log.clone(),
            1,
            ServerOptions::new().pause_on_connect(true),
            move |cx, socket| theirs.is_there(cx, 1, socket, &note),
            move |cx, _, port| {
                let options = ConnectOptions::port(port).host("127.0.0.1");
                let client = net::connect(cx, options).unwrap();
                watch(cx, &log, "client", client);
                if !reads {
                    client.pause(cx);
                }
                client.on_connect(cx, move |cx, client| ends.is_there(cx, 0, client, &log));
            },
        );
    };
    as_node_does(&node, main, lines);
}

#[test]
fn of_one_that_reads() {
    // What the kernel was busy with when the socket was destroyed is told as if it were well.
    let lines = &[
        "client attempt 127.0.0.1 PORT 4",
        "client connect",
        "true",
        "client ready",
        "client error ECONNRESET: read ECONNRESET",
        "write ok",
        "behind ECONNRESET: read ECONNRESET",
        "client close true",
    ];
    scenario(|| play(true, lines));
}

#[test]
fn of_one_that_does_not_read() {
    let lines = &[
        "client attempt 127.0.0.1 PORT 4",
        "client connect",
        "true",
        "client ready",
        "write ECONNRESET: write ECONNRESET",
        "behind ECONNRESET: write ECONNRESET",
        "client error ECONNRESET: write ECONNRESET",
        "client close true",
    ];
    scenario(|| play(false, lines));
}
