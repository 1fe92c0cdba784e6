//! What keeps the loop alive: listening, reading, requests, closing. Not a wrap that was merely made, bound or connected.

use uvox_stream::node::HandleWrap;

use super::player::{LOCALHOST, as_in_node, make};

#[test]
fn made() {
    as_in_node("alive_made", |lp, play| {
        let tcp = make(lp);
        play.while_alive(lp, |_, play| play.note("all", "alive"));
        play.note("all", format!("{}", tcp.has_ref(lp).unwrap()));
    });
}

#[test]
fn bound() {
    as_in_node("alive_bound", |lp, play| {
        make(lp).bind(lp, LOCALHOST, 0).unwrap();
        play.while_alive(lp, |_, play| play.note("all", "alive"));
        play.note("all", "bound");
    });
}

#[test]
fn listening() {
    as_in_node("alive_listening", |lp, play| {
        let (server, _) = play.listening(lp, |_, _, _| ());
        play.while_alive(lp, move |cx, play| {
            play.note("all", "alive");
            server.close(cx, |_| ());
        });
    });
}

#[test]
fn listening_unreferenced() {
    as_in_node("alive_listening_unref", |lp, play| {
        let (server, _) = play.listening(lp, |_, _, _| ());
        server.unref(lp).unwrap();
        play.while_alive(lp, |_, play| play.note("all", "alive"));
        play.note("all", "listening");
    });
}

#[test]
fn connecting_unreferenced() {
    as_in_node("alive_connecting_unref", |lp, play| {
        let inner = play.clone();
        play.nobody(lp, move |cx, port| {
            let tcp = make(cx);
            tcp.unref(cx).unwrap();
            inner.connect(cx, "all", tcp, port, |_| ()).unwrap();
        });
    });
}

#[test]
fn reading() {
    as_in_node("alive_reading", |lp, play| {
        let inner = play.clone();
        play.connected(lp, move |cx, client, peer| {
            client.read_start(cx).unwrap();
            inner.while_alive(cx, move |cx, play| {
                play.note("all", "alive");
                client.close(cx, |_| ());
                peer.close(cx, |_| ());
            });
        });
    });
}

#[test]
fn reading_unreferenced() {
    as_in_node("alive_reading_unref", |lp, play| {
        let inner = play.clone();
        play.connected(lp, move |cx, client, _| {
            client.read_start(cx).unwrap();
            client.unref(cx).unwrap();
            inner.while_alive(cx, |_, play| play.note("all", "alive"));
        });
    });
}

#[test]
fn connected() {
    as_in_node("alive_connected", |lp, play| {
        let inner = play.clone();
        play.connected(lp, move |cx, _, _| {
            inner.while_alive(cx, |_, play| play.note("all", "alive"));
        });
    });
}

#[test]
fn writing_unreferenced() {
    as_in_node("alive_writing_unref", |lp, play| {
        let inner = play.clone();
        play.connected(lp, move |cx, client, peer| {
            inner.write(cx, "all", client, 64 << 20);
            client.unref(cx).unwrap();
            inner.while_alive(cx, move |cx, play| {
                play.note("all", "alive");
                play.close(cx, "all", client, |_| ());
                peer.close(cx, |_| ());
            });
        });
    });
}

#[test]
fn closing_unreferenced() {
    as_in_node("alive_closing_unref", |lp, play| {
        let tcp = make(lp);
        tcp.unref(lp).unwrap();
        play.close(lp, "all", tcp, |_| ());
    });
}
