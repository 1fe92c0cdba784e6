//! Node emits 'listening' inside `bind` of a descriptor. Here no listener runs inside a call: it is told when the callback that made the call is over.

use std::net::UdpSocket;

use uvox::dgram::{self, BindOptions, SocketOptions};
use uvox::env::next_tick;

use crate::common::{Seen, program, scenario};

#[test]
fn no_listener_runs_inside_a_call() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            next_tick(cx, move |cx| {
                let socket = dgram::create_socket(cx, SocketOptions::udp4());
                let told = record.clone();
                socket.on_listening(cx, move |cx, socket| {
                    told.add("listening");
                    socket.close(cx).unwrap();
                });
                let theirs = UdpSocket::bind("127.0.0.1:0").unwrap();
                let bound = record.clone();
                socket
                    .bind_then(cx, BindOptions::fd(theirs), move |_, _| bound.add("bound"))
                    .unwrap();
                let tick = record.clone();
                next_tick(cx, move |_| tick.add("tick"));
                record.add("called");
            });
        });
        assert_eq!(seen.all(), ["called", "listening", "bound", "tick"]);
    });
}
