//! Wraps are closed inside every callback that they have, and nothing comes after that but the close callbacks; and the listener changes itself.

use std::io::IoSlice;

use uvox_loop::{Loop, RunMode};
use uvox_udp::node::{HandleWrapState, UdpWrap};

use crate::common::{Seen, end, scenario, until};

/// A wrap that receives, and its port.
fn receiving(lp: &mut Loop) -> (UdpWrap, u16) {
    let wrap = UdpWrap::new(lp);
    wrap.bind(lp, "127.0.0.1", 0, 0).unwrap();
    wrap.recv_start(lp).unwrap();
    let port = wrap.getsockname(lp).unwrap().port;
    (wrap, port)
}

fn send(lp: &mut Loop, wrap: UdpWrap, port: u16, text: &str) {
    let text = [IoSlice::new(text.as_bytes())];
    let sent = wrap.send(lp, &text, port, "127.0.0.1", |_, _, _| ());
    assert!(sent.is_ok());
}

#[test]
fn in_onmessage() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (wrap, port) = receiving(&mut lp);
        let seen = Seen::new();
        let record = seen.clone();
        wrap.set_on_message(&mut lp, move |cx, wrap, message| {
            assert_eq!(message.unwrap().bytes, b"one");
            record.add("message");
            let closed = record.clone();
            wrap.close(cx, move |cx| {
                assert_eq!(wrap.state(cx), HandleWrapState::Closed);
                closed.add("closed");
            });
            wrap.close(cx, |_| panic!("it is closing already"));
            // A callback for one that is closed is no mistake.
            wrap.set_on_message(cx, |_, _, _| panic!("it is closed"));
        });
        for text in ["one", "two", "three"] {
            send(&mut lp, wrap, port, text);
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["message", "closed"]);
        end(lp);
    });
}

#[test]
fn replaced_and_stopped_in_onmessage() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (wrap, port) = receiving(&mut lp);
        let seen = Seen::new();
        let first = seen.clone();
        wrap.set_on_message(&mut lp, move |cx, wrap, message| {
            first.add(("first", message.unwrap().bytes.to_vec()));
            let second = first.clone();
            wrap.set_on_message(cx, move |cx, wrap, message| {
                second.add(("second", message.unwrap().bytes.to_vec()));
                if second.len() == 2 {
                    wrap.recv_stop(cx).unwrap();
                }
            });
        });
        for text in ["a", "b", "c", "d"] {
            send(&mut lp, wrap, port, text);
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 2);
        wrap.recv_start(&mut lp).unwrap();
        until(&mut lp, |_| seen.len() == 4);
        let expected = [("first", b"a"), ("second", b"b"), ("second", b"c")];
        let expected = expected.map(|(who, text)| (who, text.to_vec()));
        assert_eq!(seen.all()[..3], expected);
        wrap.close(&mut lp, |_| ());
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
