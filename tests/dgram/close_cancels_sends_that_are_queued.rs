//! A socket that is closed has nothing more to send: each that is queued is cancelled, in order, and told of after 'close', as in Node.

use uvox::event_loop::Errno;
use uvox::event_loop::sys::fault::{self, Effect, Fault};

use crate::common::{Seen, bound, place, program, scenario};

#[test]
fn close_cancels_sends_that_are_queued() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            bound(cx, move |cx, socket| {
                let to = place(cx, socket);
                let closed = record.clone();
                socket.on_close(cx, move |_, _| closed.add("close".to_owned()));
                let connected = move |cx: &mut _, result: Result<(), _>| {
                    result.unwrap();
                    let full =
                        [1; 2].map(|nth| Fault::new("send", nth, Effect::Fail(Errno::EAGAIN)));
                    let plan = fault::plan(full);
                    for text in ["one", "two", "three"] {
                        let record = record.clone();
                        let told = move |_: &mut _, sent: Result<usize, uvox::Error>| {
                            let error = sent.unwrap_err();
                            assert_eq!(error.code(), "ECANCELED");
                            record.add(format!("{text}: {error}"));
                        };
                        socket
                            .send_then(cx, text, uvox::dgram::Target::connected(), told)
                            .unwrap();
                    }
                    assert_eq!(plan.left(), 0);
                    assert_eq!(socket.get_send_queue_count(cx), 3);
                    assert_eq!(socket.get_send_queue_size(cx), 11);
                    socket.close(cx).unwrap();
                    assert_eq!(
                        socket.close(cx).unwrap_err().code(),
                        "ERR_SOCKET_DGRAM_NOT_RUNNING"
                    );
                    record.add("called".to_owned());
                };
                socket.connect_then(cx, to, connected).unwrap();
            });
        });
        let expected = [
            "called",
            "close",
            "one: send ECANCELED",
            "two: send ECANCELED",
            "three: send ECANCELED",
        ];
        assert_eq!(seen.all(), expected);
    });
}

/// Not connected, it says where to; and what waits for room is sent when there is some.
#[test]
fn what_waits_is_sent() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            bound(cx, move |cx, socket| {
                let to = place(cx, socket);
                let heard = record.clone();
                socket.on_message(cx, move |cx, socket, bytes, _| {
                    heard.add(String::from_utf8_lossy(bytes).into_owned());
                    if heard.len() == 4 {
                        socket.close(cx).unwrap();
                    }
                });
                let full = [1; 2].map(|nth| Fault::new("sendto", nth, Effect::Fail(Errno::EAGAIN)));
                let plan = std::rc::Rc::new(std::cell::Cell::new(Some(fault::plan(full))));
                for text in ["one", "two"] {
                    let (record, plan) = (record.clone(), plan.clone());
                    let told = move |_: &mut _, sent: Result<usize, uvox::Error>| {
                        assert!(plan.take().is_none_or(|plan| plan.left() == 0));
                        record.add(format!("{} sent", sent.unwrap()));
                    };
                    socket.send_then(cx, text, to, told).unwrap();
                }
            });
        });
        assert_eq!(seen.all(), ["3 sent", "3 sent", "one", "two"]);
    });
}
