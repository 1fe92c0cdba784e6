//! The first goes at once; what is sent while it is not told of goes together, with one system call.

use std::net::Ipv4Addr;

use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_udp::uv::Udp;

use crate::common::{
    BATCHES, COALESCES, Seen, bound, calls, close_and_end, listen, ok, scenario, until,
};

/// The calls that send what waits, so many datagrams: the first asks whether they can be coalesced.
fn flush(datagrams: usize) -> Vec<&'static str> {
    if COALESCES {
        vec!["getsockopt", "sendmmsg"]
    } else if BATCHES {
        vec!["sendmmsg"]
    } else {
        vec!["sendmsg"; datagrams]
    }
}

#[test]
fn together() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let (receiver, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let sent = Seen::new();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        for number in 0..60 {
            let sent = sent.clone();
            let done = move |cx: &mut Ctx, udp: Udp, status| {
                assert_eq!(status, Ok(()));
                // It does not count any more when it is told of.
                sent.add((number, udp.send_queue_count(cx)));
            };
            sender.send(&mut lp, &[number], to, done).unwrap();
            let count = usize::from(number) + 1;
            assert_eq!(sender.send_queue_count(&lp), count);
            assert_eq!(sender.send_queue_size(&lp), count);
        }
        assert_eq!(calls(&recorder), ["sendto"]);
        assert!(lp.is_active(sender) && lp.alive());
        lp.run(RunMode::NoWait).unwrap();
        trace::take();
        assert_eq!(calls(&recorder), flush(59));
        // In order, and each counts until it is told of.
        let expected: Vec<(u8, usize)> = (0..60).map(|at| (at, 59 - usize::from(at))).collect();
        assert_eq!(sent.all(), expected);
        assert!(!lp.is_active(sender) && !lp.alive());
        let heard = listen(&mut lp, receiver);
        until(&mut lp, |_| heard.len() == 60);
        let numbers: Vec<_> = (0..60).map(|number| Ok(vec![number])).collect();
        assert_eq!(heard.all(), numbers);
        close_and_end(lp, &[sender, receiver]);
    });
}

/// What the callbacks of several sends send goes together, too; and so does what answers several datagrams.
#[test]
fn from_callbacks() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (client, from) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let (server, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        server
            .recv_start(&mut lp, |cx, server, datagram| {
                let datagram = datagram.unwrap();
                let sender = datagram.sender();
                server.send(cx, datagram.bytes, sender, ok).unwrap();
            })
            .unwrap();
        // The kernel's first word on the descriptor is heard before it is counted.
        lp.run(RunMode::NoWait).unwrap();
        for _ in 0..20 {
            client
                .send(&mut lp, b"x", to, move |cx, client, sent| {
                    assert_eq!(sent, Ok(()));
                    client.send(cx, b"y", to, ok).unwrap();
                })
                .unwrap();
        }
        client.recv_stop(&mut lp).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let heard = listen(&mut lp, client);
        until(&mut lp, |_| heard.len() == 40);
        trace::take();
        let calls = calls(&recorder);
        let sends = calls.iter().filter(|name| name.starts_with("send")).count();
        if BATCHES {
            assert!(sends <= 5, "{calls:?}");
        }
        let _ = from;
        close_and_end(lp, &[client, server]);
    });
}

/// An error is one send's; the others go on.
#[test]
fn one_that_fails() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let (receiver, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let sent = Seen::new();
        for length in [1, 2, 65_508, 3, 70_000, 65_508, 4] {
            let sent = sent.clone();
            sender
                .send(&mut lp, &vec![0; length], to, move |_, _, status| {
                    sent.add((length, status));
                })
                .unwrap();
        }
        let heard = listen(&mut lp, receiver);
        until(&mut lp, |_| sent.len() == 7 && heard.len() == 4);
        let too_long = Err(Errno::EMSGSIZE);
        assert_eq!(
            sent.all(),
            [
                (1, Ok(())),
                (2, Ok(())),
                (65_508, too_long),
                (3, Ok(())),
                (70_000, too_long),
                (65_508, too_long),
                (4, Ok(())),
            ]
        );
        let lengths: Vec<_> = heard
            .all()
            .iter()
            .map(|one| one.as_ref().unwrap().len())
            .collect();
        assert_eq!(lengths, [1, 2, 3, 4]);
        close_and_end(lp, &[sender, receiver]);
    });
}

/// More than a turn sends of one handle: the rest goes in later turns.
#[test]
fn thousands() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let (receiver, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let sent = Seen::new();
        for number in 0..5_000 {
            let sent = sent.clone();
            sender
                .send(&mut lp, b"", to, move |_, _, status| {
                    sent.add((number, status))
                })
                .unwrap();
        }
        lp.run(RunMode::NoWait).unwrap();
        assert!(!sent.is_empty() && sent.len() < 5_000);
        until(&mut lp, |_| sent.len() == 5_000);
        let expected: Vec<_> = (0..5_000).map(|number| (number, Ok(()))).collect();
        assert_eq!(sent.all(), expected);
        assert_eq!(sender.send_queue_size(&lp), 0);
        close_and_end(lp, &[sender, receiver]);
    });
}
