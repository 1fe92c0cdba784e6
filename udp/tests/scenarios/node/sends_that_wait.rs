//! What the kernel does not take at once waits, counts, and completes with the length of the datagram, in order; on close it is cancelled.

use std::io::IoSlice;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_udp::node::{Sent, UdpWrap};

use crate::common::{Seen, end, scenario, until};

type Completions = Seen<(usize, Result<usize, Errno>)>;

/// Sends something that waits, because the kernel is said to have no room.
fn send_later(lp: &mut Loop, wrap: UdpWrap, port: u16, length: usize, seen: &Completions) {
    let no_room = [1; 2].map(|nth| Fault::new("sendto", nth, Effect::Fail(Errno::EAGAIN)));
    let faults = fault::plan(no_room);
    let bytes = vec![7; length];
    let record = seen.clone();
    let sent = wrap.send(
        lp,
        &[IoSlice::new(&bytes)],
        port,
        "127.0.0.1",
        move |cx, req, status| {
            assert_eq!((req.handle(), req.bytes()), (wrap, length));
            assert_eq!(req.get_provider_type(), "UDPSENDWRAP");
            assert_eq!(wrap.unwrap(cx), Some(wrap));
            record.add((length, status));
        },
    );
    drop(faults);
    let Ok(Sent::Later(req)) = sent else {
        panic!("it was sent: {sent:?}");
    };
    assert!(req.get_async_id() > wrap.get_async_id(lp).unwrap());
}

#[test]
fn sends_that_wait() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let [sender, receiver] = [(); 2].map(|()| UdpWrap::new(&mut lp));
        receiver.bind(&mut lp, "127.0.0.1", 0, 0).unwrap();
        let port = receiver.getsockname(&mut lp).unwrap().port;
        let lengths = Seen::new();
        let record = lengths.clone();
        receiver.set_on_message(&mut lp, move |_, _, message| {
            record.add(message.unwrap().bytes.len());
        });
        receiver.recv_start(&mut lp).unwrap();
        let seen = Completions::new();
        for length in [3, 0, 5] {
            send_later(&mut lp, sender, port, length, &seen);
        }
        assert_eq!(sender.get_send_queue_size(&lp), 8);
        assert_eq!(sender.get_send_queue_count(&lp), 3);
        assert!(lp.alive() && seen.is_empty());
        until(&mut lp, |_| seen.len() == 3 && lengths.len() == 3);
        assert_eq!(seen.all(), [(3, Ok(3)), (0, Ok(0)), (5, Ok(5))]);
        assert_eq!(lengths.all(), [3, 0, 5]);
        assert_eq!(sender.get_send_queue_count(&lp), 0);
        for wrap in [sender, receiver] {
            wrap.close(&mut lp, |_| ());
        }
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn cancelled() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let wrap = UdpWrap::new(&mut lp);
        let seen = Completions::new();
        for length in [1, 2] {
            send_later(&mut lp, wrap, 9, length, &seen);
        }
        let closed = seen.clone();
        wrap.close(&mut lp, move |_| closed.add((0, Ok(0))));
        assert_eq!(wrap.get_send_queue_count(&lp), 2);
        assert!(!lp.run(RunMode::Default).unwrap());
        let cancelled = Err(Errno::ECANCELED);
        assert_eq!(seen.all(), [(1, cancelled), (2, cancelled), (0, Ok(0))]);
        end(lp);
    });
}
