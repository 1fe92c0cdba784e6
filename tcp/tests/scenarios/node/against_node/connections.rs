//! Connections: their callbacks, their end, and the order in which all that comes.

use uvox_loop::Ctx;
use uvox_stream::node::HandleWrap;

use super::player::{Play, as_in_node, make};
use crate::common::Seen;

#[test]
fn from_the_connection_to_the_end() {
    as_in_node("connection", |lp, play| {
        let inner = play.clone();
        play.connected(lp, move |cx, client, peer| {
            let play = inner;
            let ours = client.getpeername(cx).unwrap();
            let same = ours.port == peer.getsockname(cx).unwrap().port;
            play.note("client", format!("{} {} {same}", ours.address, ours.family));
            play.state(cx, "peer", peer);
            let end = play.clone();
            let reading = play.read(cx, "client", client, move |cx| {
                end.close(cx, "client", client, |_| ());
            });
            play.gave("client", "readStart", reading);
            play.gave("client", "readStart", client.read_start(cx));
            play.write(cx, "client", client, 5);
            let other = make(cx);
            let begun = play.connect(cx, "client", other, ours.port, |_| ());
            play.gave("client", "connect", begun);
            play.shutdown(cx, "client", client);
            play.shutdown(cx, "client", client);
            play.write(cx, "client", client, 5);
            play.immediate(cx, |_, play| play.note("client", "immediate"));
            let end = play.clone();
            let reading = play.read(cx, "peer", peer, move |cx| {
                end.write(cx, "peer", peer, 7);
                let (read, written) = (peer.bytes_read(cx), peer.bytes_written(cx));
                end.note("peer", format!("bytes {read} {written}"));
                end.close(cx, "peer", peer, |_| ());
            });
            play.gave("peer", "readStart", reading);
        });
    });
}

/// Close callbacks come last-closed first; what is closed there waits for the next turn, where check callbacks come first.
#[test]
fn the_order_of_closing() {
    as_in_node("order_of_closing", |lp, play| {
        play.immediate(lp, |cx, play| {
            for name in ["first", "second", "third"] {
                let tcp = make(cx);
                play.close(cx, name, tcp, |_| ());
            }
            let (inner, outer, again) = (make(cx), make(cx), play.clone());
            play.close(cx, "outer", outer, move |cx| {
                again.immediate(cx, |_, play| play.note("all", "immediate"));
                again.close(cx, "all", inner, |_| ());
            });
        });
        let order = Seen::new();
        for name in ["a", "b", "c"] {
            let (tcp, closed) = (make(lp), order.clone());
            tcp.close(lp, move |_| closed.add(name));
        }
        play.immediate(lp, move |cx, play| {
            play.note("early", order.all().join(" "));
            play.immediate(cx, move |_, play| play.note("order", order.all().join(" ")));
        });
    });
}

#[test]
fn a_reset() {
    as_in_node("reset", |lp, play| {
        let inner = play.clone();
        play.connected(lp, move |cx, client, peer| {
            let play = inner;
            let never = |play: &Play| {
                let play = play.clone();
                move |_: &mut Ctx| play.note("client", "never")
            };
            let again = play.clone();
            let reset = client.reset(cx, move |cx| {
                again.note("client", "closed");
                let reset = client.reset(cx, never(&again));
                again.gave("client", "reset", reset);
            });
            play.gave("client", "reset", reset);
            let reset = client.reset(cx, never(&play));
            play.gave("client", "reset", reset);
            assert_eq!(client.fd(cx), Ok(None));
            play.note("client", "fd -1");
            client.close(cx, never(&play));
            let end = play.clone();
            play.read(cx, "peer", peer, move |cx| {
                end.close(cx, "peer", peer, |_| ())
            })
            .unwrap();
        });
    });
}

/// Here a wrap whose reset failed is as it was, and can be closed.
#[test]
fn a_reset_that_is_refused() {
    as_in_node("reset_refused", |lp, play| {
        let inner = play.clone();
        play.connected(lp, move |cx, client, peer| {
            let play = inner;
            let fresh = make(cx);
            let reset = fresh.reset(cx, |_| panic!("it was refused"));
            play.gave("fresh", "reset", reset);
            play.shutdown(cx, "client", client);
            let reset = client.reset(cx, |_| panic!("it was refused"));
            play.gave("client", "reset", reset);
            play.read(cx, "peer", peer, move |cx| {
                for end in [fresh, client, peer] {
                    end.close(cx, |_| ());
                }
            })
            .unwrap();
        });
    });
}
