//! Pieces that are played on our wraps, and on those of Node 20 if it is installed: both must see the same, line by line.

use uvox_loop::Errno;
use uvox_pipe::node::{PipeWrap, SocketType};
use uvox_stream::node::{ConnectionWrap, HandleWrap};

use super::player::{as_in_node, make, said};

/// What every call gives: on a fresh wrap, a bound one, one for passing handles; between `close` and its callback, in the callback, after it.
#[test]
fn values() {
    as_in_node("values", |lp, play, directory| {
        let at = |name: &str| directory.join(name);
        let pipe = make(lp);
        play.methods(lp, "fresh", pipe);
        let server = PipeWrap::new(lp, SocketType::Server);
        play.methods(lp, "server", server);
        let ipc = PipeWrap::new(lp, SocketType::Ipc);
        play.methods(lp, "ipc", ipc);
        play.gave("fresh", "listen", pipe.listen(lp, 511));
        play.gave("fresh", "bind", pipe.bind(lp, at("one")));
        play.gave("fresh", "bind", pipe.bind(lp, at("two")));
        play.gave("fresh", "taken", make(lp).bind(lp, at("one")));
        play.gave("fresh", "nowhere", make(lp).bind(lp, at("no/where")));
        let empty = make(lp).connect(lp, "", |_, _| panic!("connected"));
        play.gave("fresh", "empty", empty);
        play.methods(lp, "bound", pipe);
        play.gave("bound", "fchmod", pipe.fchmod(lp, 4));
        play.gave("ipc", "bind", ipc.bind(lp, at("ipc")));
        play.gave("ipc", "listen", ipc.listen(lp, 511));
        let again = play.clone();
        pipe.close(lp, move |cx| {
            again.methods(cx, "in", pipe);
            again.immediate(cx, move |cx, play| play.methods(cx, "after", pipe));
        });
        play.methods(lp, "closing", pipe);
        play.gave("closing", "bind", pipe.bind(lp, at("two")));
        play.gave("closing", "listen", pipe.listen(lp, 511));
        ipc.close(lp, |_| ());
        // Node cuts it.
        let long = make(lp).connect(lp, "x".repeat(200), |_, _| panic!("connected"));
        assert_eq!(long.map(|_| ()), Err(Errno::ENAMETOOLONG));
    });
}

/// What the kernel says of an attempt never comes inside the call, and before what was put off to the check phase.
#[test]
fn attempts() {
    as_in_node("attempts", |lp, play, directory| {
        let (at_nowhere, at_bound) = (directory.join("nowhere"), directory.join("bound"));
        let (nowhere, end) = (make(lp), play.clone());
        play.connect(lp, "nowhere", nowhere, &at_nowhere, move |cx| {
            end.close(cx, "nowhere", nowhere);
        });
        play.immediate(lp, |_, play| play.note("nowhere", "immediate"));
        let (bound, refused, end) = (make(lp), make(lp), play.clone());
        bound.bind(lp, &at_bound).unwrap();
        play.connect(lp, "refused", refused, &at_bound, move |cx| {
            end.close(cx, "refused", refused);
            bound.close(cx, |_| ());
        });
        play.immediate(lp, |_, play| play.note("refused", "immediate"));
        let cancelled = make(lp);
        play.connect(lp, "cancelled", cancelled, &at_nowhere, |_| ());
        play.close(lp, "cancelled", cancelled);
        play.immediate(lp, |_, play| play.note("cancelled", "immediate"));
    });
}

#[test]
fn a_connection() {
    as_in_node("connection", |lp, play, directory| {
        let path = directory.join("server");
        let server = PipeWrap::new(lp, SocketType::Server);
        server.bind(lp, &path).unwrap();
        play.gave("server", "listen", server.listen(lp, 511));
        let told = play.clone();
        server.set_on_connection(lp, move |cx, server, peer| {
            told.note("server", format!("connection 0 {}", peer.is_ok()));
            let (peer, end) = (peer.unwrap(), told.clone());
            told.methods(cx, "peer", peer);
            peer.set_on_read(cx, move |cx, _, data| {
                end.note("peer", format!("read {}", said(data)));
                end.close(cx, "peer", peer);
            });
            told.gave("peer", "readStart", peer.read_start(cx));
            told.close(cx, "server", server);
        });
        let (client, end) = (make(lp), play.clone());
        play.connect(lp, "client", client, &path, move |cx| {
            end.close(cx, "client", client);
        });
        play.immediate(lp, |_, play| play.note("client", "immediate"));
    });
}
