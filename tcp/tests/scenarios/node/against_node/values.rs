//! What every call gives: on a fresh wrap, a bound one, one that listens; between `close` and its callback, in the callback, and after it.

use uvox_stream::node::HandleWrap;
use uvox_tcp::node::{SocketType, TcpWrap};
use uvox_tcp::uv::BindFlags;

use super::player::{LOCALHOST, as_in_node, make, name};
use crate::common::has_ipv6;

#[test]
fn fresh_closing_and_closed() {
    as_in_node("values", |lp, play| {
        let tcp = make(lp);
        play.state(lp, "fresh", tcp);
        play.methods(lp, "fresh", tcp);
        let server = TcpWrap::new(lp, SocketType::Server);
        play.state(lp, "server", server);
        tcp.unref(lp).unwrap();
        tcp.unref(lp).unwrap();
        play.has_ref(lp, "fresh", tcp);
        tcp.ref_(lp).unwrap();
        play.has_ref(lp, "fresh", tcp);
        let again = play.clone();
        tcp.close(lp, move |cx| {
            again.state(cx, "in", tcp);
            again.methods(cx, "in", tcp);
            again.starting(cx, "in", tcp);
            again.close_in_vain(cx, "in", tcp);
            again.immediate(cx, move |cx, play| {
                play.state(cx, "after", tcp);
                play.methods(cx, "after", tcp);
                play.starting(cx, "after", tcp);
                play.close_in_vain(cx, "after", tcp);
            });
        });
        play.state(lp, "closing", tcp);
        play.methods(lp, "closing", tcp);
        play.starting(lp, "closing", tcp);
        play.close_in_vain(lp, "closing", tcp);
    });
}

#[test]
fn addresses_to_bind_to() {
    if !has_ipv6() {
        return;
    }
    as_in_node("binding", |lp, play| {
        let tcp = make(lp);
        let no_ipv4 = [
            "",
            "127.0.0",
            "127.0.0.01",
            "127.0.0.256",
            "localhost",
            "::1",
        ];
        for ip in no_ipv4 {
            play.gave("bind", ip, tcp.bind(lp, ip, 0));
        }
        for ip in ["", "127.0.0.1", "::g", "1::2::3", "1:2:3:4:5:6:7:8:9"] {
            play.gave("bind6", ip, tcp.bind6(lp, ip, 0, BindFlags::NONE));
        }
        play.gave("bind", "192.0.2.1", tcp.bind(lp, "192.0.2.1", 0));
        play.gave("bind", LOCALHOST, tcp.bind(lp, LOCALHOST, 65536));
        play.gave("bind", "again", tcp.bind(lp, LOCALHOST, 0));
        play.state(lp, "bound", tcp);
        play.methods(lp, "bound", tcp);
        play.note("bound", name(lp, tcp));
        tcp.close(lp, |_| ());
        let six = make(lp);
        let bound = six.bind6(lp, "::1", 0, BindFlags::IPV6_ONLY);
        play.gave("bind6", "::1", bound);
        play.note("six", name(lp, six));
        let bad = make(lp).connect(lp, "localhost", 80, |_, _| panic!("connected"));
        play.gave("connect", "bad", bad);
        let bad = make(lp).connect6(lp, LOCALHOST, 80, |_, _| panic!("connected"));
        play.gave("connect6", "bad", bad);
    });
}

#[test]
fn a_listener() {
    as_in_node("listening", |lp, play| {
        let server = TcpWrap::new(lp, SocketType::Server);
        play.gave("server", "listen", server.listen(lp, 511));
        play.note("server", name(lp, server));
        play.gave("server", "listen again", server.listen(lp, 1));
        play.state(lp, "server", server);
        play.methods(lp, "server", server);
        play.gave("server", "bind", server.bind(lp, LOCALHOST, 0));
        play.close(lp, "server", server, |_| ());
    });
}

/// That an address is in use is told late, three ways.
#[test]
fn an_address_in_use() {
    as_in_node("in_use", |lp, play| {
        let (first, port) = play.listening(lp, |_, _, _| ());
        for who in ["one", "two", "three"] {
            let tcp = make(lp);
            play.gave(who, "bind", tcp.bind(lp, LOCALHOST, port));
            match who {
                "one" => play.gave(who, "getsockname", tcp.getsockname(lp)),
                "two" => play.gave(who, "listen", tcp.listen(lp, 511)),
                _ => {
                    let done = move |cx: &mut _| first.close(cx, |_| ());
                    let begun = play.connect(lp, who, tcp, port, done);
                    play.gave(who, "connect", begun);
                    play.immediate(lp, |_, play| play.note("three", "immediate"));
                }
            }
        }
    });
}

#[test]
fn options_before_and_after_there_is_a_socket() {
    as_in_node("options", |lp, play| {
        let tcp = make(lp);
        play.gave("tcp", "setKeepAlive", tcp.set_keep_alive(lp, true, 0));
        tcp.bind(lp, LOCALHOST, 0).unwrap();
        play.gave("tcp", "setNoDelay", tcp.set_no_delay(lp, false));
        for delay in [1, 0, 32768] {
            let set = tcp.set_keep_alive(lp, true, delay);
            play.gave("tcp", "setKeepAlive", set);
        }
        play.gave("tcp", "setKeepAlive", tcp.set_keep_alive(lp, false, 0));
    });
}
