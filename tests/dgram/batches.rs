//! Many datagrams with one call, and heard of together: what the callback leaves in a batch comes again, first.

use uvox::dgram::{self, SocketOptions};
use uvox::event_loop::sys::fault::{self, Effect, Fault};
use uvox::event_loop::{Ctx, Errno};

use crate::common::{Seen, bound, place, program, scenario};

#[test]
fn batches() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            bound(cx, move |cx, socket| {
                let to = place(cx, socket);
                socket.on_message(cx, |_, _, _, _| panic!("it comes in batches"));
                let heard =
                    move |cx: &mut Ctx,
                          socket: uvox::dgram::Socket,
                          batch: &mut uvox::udp::uv::Batch<'_>| {
                        for datagram in batch.take(3) {
                            assert_eq!(datagram.sender(), Some(to));
                            record.add(String::from_utf8_lossy(datagram.bytes).into_owned());
                        }
                        record.add("|".to_owned());
                        if record.all().iter().any(|text| text == "e") {
                            socket.close(cx).unwrap();
                        }
                    };
                socket.on_messages(cx, heard).unwrap();
                let messages = ["a", "b", "", "d", "e"].map(|text| (text.as_bytes(), Some(to)));
                assert_eq!(socket.send_batch(cx, messages).unwrap(), 5);
                assert_eq!(socket.send_batch(cx, []).unwrap(), 0);
                let nowhere = socket.send_batch(cx, [(&b"x"[..], None)]).unwrap_err();
                assert_eq!(nowhere.to_string(), "send EDESTADDRREQ");
                // By the call for many, where there is one.
                let names = ["sendmmsg", "sendmsg"];
                let full = names.map(|name| Fault::new(name, 1, Effect::Fail(Errno::EAGAIN)));
                let full = fault::plan(full);
                let none = socket.send_batch(cx, messages).unwrap_err();
                assert_eq!(
                    (none.to_string(), full.left()),
                    ("send EAGAIN".to_owned(), 1)
                );
            });
        });
        assert_eq!(seen.all(), ["a", "b", "", "|", "d", "e", "|"]);
    });
}

/// One that was not bound is bound at once; one that is being bound has no room yet.
#[test]
fn sent_by_one_that_was_not_bound() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            bound(cx, move |cx, socket| {
                let to = place(cx, socket);
                let sender = dgram::create_socket(cx, SocketOptions::udp4());
                let told = record.clone();
                sender.on_listening(cx, move |_, _| told.add("listening"));
                assert_eq!(sender.send_batch(cx, [(&b"x"[..], Some(to))]).unwrap(), 1);
                record.add("sent");
                let again = sender.bind(cx, 0).unwrap_err();
                assert_eq!(again.code(), "ERR_SOCKET_ALREADY_BOUND");
                let slow = dgram::create_socket(cx, SocketOptions::udp4());
                slow.bind(cx, 0).unwrap();
                let not_yet = slow.send_batch(cx, [(&b"x"[..], Some(to))]).unwrap_err();
                assert_eq!(not_yet.to_string(), "send EAGAIN");
                slow.close(cx).unwrap();
                socket.on_message(cx, move |cx, socket, bytes, _| {
                    assert_eq!(bytes, b"x");
                    record.add("heard");
                    socket.close(cx).unwrap();
                    sender.close(cx).unwrap();
                });
            });
        });
        assert_eq!(seen.all(), ["sent", "listening", "heard"]);
    });
}

/// Neighbours that are alike are one message for the kernel, unless nobody wants that.
#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system cannot do that"
)]
fn coalesced() {
    use uvox::event_loop::trace::{self, Outcome, Recorder};
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        program(|cx| {
            bound(cx, move |cx, socket| {
                let to = place(cx, socket);
                socket.on_message(cx, move |cx, socket, bytes, _| {
                    record.add(bytes.to_vec());
                    if record.len() == 10 {
                        socket.close(cx).unwrap();
                        let closed = socket.set_send_coalesced(cx, true).unwrap_err();
                        assert_eq!(closed.to_string(), "Not running");
                    }
                });
                let messages = [b"12", b"34", b"56", b"78", b"90"];
                let messages = messages.map(|bytes| (&bytes[..], Some(to)));
                assert_eq!(socket.send_batch(cx, messages).unwrap(), 5);
                socket.set_send_coalesced(cx, false).unwrap();
                assert_eq!(socket.send_batch(cx, messages).unwrap(), 5);
            });
        });
        trace::take();
        let expected = ["12", "34", "56", "78", "90"].map(|text| text.as_bytes().to_vec());
        assert_eq!(seen.all(), [expected.clone(), expected].concat());
        let events = recorder.events();
        let calls = events.iter().filter(|event| event.name == "sendmmsg");
        let took: Vec<Outcome> = calls.map(|event| event.result).collect();
        assert_eq!(took, [Outcome::Done(1), Outcome::Done(5)]);
    });
}

/// They are received as such a message, too, and heard of one by one; but not if that was not wanted when they were asked for.
#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system cannot do that"
)]
fn received_coalesced() {
    use uvox::event_loop::trace::{self, Outcome, Recorder};
    scenario(|| {
        for (wanted, calls) in [(true, 1), (false, 5)] {
            let seen = Seen::new();
            let record = seen.clone();
            let recorder = Recorder::new();
            trace::set(recorder.clone());
            program(|cx| {
                bound(cx, move |cx, socket| {
                    let to = place(cx, socket);
                    if !wanted {
                        let udp = socket.wrap(cx).unwrap().udp(cx).unwrap();
                        udp.receive_coalesced(cx, false).unwrap();
                    }
                    let heard =
                        move |cx: &mut Ctx,
                              socket: dgram::Socket,
                              batch: &mut uvox::udp::uv::Batch<'_>| {
                            assert_eq!(batch.len(), 5);
                            for datagram in batch {
                                assert_eq!(datagram.sender(), Some(to));
                                record.add(String::from_utf8_lossy(datagram.bytes).into_owned());
                            }
                            socket.close(cx).unwrap();
                        };
                    socket.on_messages(cx, heard).unwrap();
                    let messages = ["12", "34", "56", "78", "9"];
                    let messages = messages.map(|text| (text.as_bytes(), Some(to)));
                    assert_eq!(socket.send_batch(cx, messages).unwrap(), 5);
                });
            });
            trace::take();
            assert_eq!(seen.all(), ["12", "34", "56", "78", "9"]);
            let events = recorder.events();
            let received = events.iter().filter(|event| event.name == "recvmmsg");
            let brought: Vec<Outcome> = received.map(|event| event.result).collect();
            assert_eq!(brought, [Outcome::Done(calls)]);
        }
    });
}
