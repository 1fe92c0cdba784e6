//! What an echo costs: one call to receive and one to send, for one datagram as for many that came together.

use std::net::{Ipv4Addr, UdpSocket};

use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Loop, RunMode};
use uvox_udp::uv::Udp;

use crate::common::{COALESCES, Seen, bound, calls, close_and_end, listen, scenario, until};

#[test]
#[cfg_attr(target_vendor = "apple", ignore = "they are received one by one")]
fn system_calls_of_an_echo() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, address) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let echoed = Seen::new();
        let record = echoed.clone();
        udp.recv_start(&mut lp, move |cx, udp, datagram| {
            let datagram = datagram.unwrap();
            let record = record.clone();
            udp.send(cx, datagram.bytes, datagram.sender(), move |_, _, sent| {
                assert_eq!(sent, Ok(()));
                record.add(());
            })
            .unwrap();
        })
        .unwrap();
        let echo = |lp: &mut Loop, count: usize| {
            for number in 0..count {
                peer.send_to(&[number as u8; 64], address).unwrap();
            }
            until(lp, |_| echoed.len() == count);
            echoed.take();
            for number in 0..count {
                let mut answer = [0; 65];
                assert_eq!(peer.recv(&mut answer).unwrap(), 64);
                assert_eq!(answer[..64], [number as u8; 64]);
            }
        };
        // The first one has the kernel's word on the new descriptor to hear, too; the first two ask whether it coalesces.
        echo(&mut lp, 1);
        echo(&mut lp, 2);
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        for _ in 0..10 {
            echo(&mut lp, 1);
            assert_eq!(calls(&recorder), ["recvmmsg", "sendto"]);
            for count in [2, 20, 31] {
                echo(&mut lp, count);
                assert_eq!(calls(&recorder), ["recvmmsg", "sendmmsg"], "{count}");
            }
        }
        trace::take();
        close_and_end(lp, &[udp]);
    });
}

#[test]
fn to_pause_and_resume_costs_nothing() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        listen(&mut lp, udp);
        lp.run(RunMode::NoWait).unwrap();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        for _ in 0..10 {
            udp.recv_stop(&mut lp).unwrap();
            lp.run(RunMode::NoWait).unwrap();
            listen(&mut lp, udp);
            lp.run(RunMode::NoWait).unwrap();
        }
        assert!(calls(&recorder).is_empty());
        // One that only sends is not watched at all.
        let sender = Udp::new(&mut lp);
        let to = udp.getsockname(&mut lp).unwrap();
        udp.recv_stop(&mut lp).unwrap();
        sender.send(&mut lp, b"x", to, crate::common::ok).unwrap();
        lp.run(RunMode::Default).unwrap();
        trace::take();
        assert_eq!(
            calls(&recorder),
            ["getsockname", "socket", "bind", "sendto"]
        );
        close_and_end(lp, &[udp, sender]);
    });
}

/// The kernel is told once that it may put together what comes.
#[test]
fn batches_cost_one_more_at_first() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        // It is watched from here on.
        listen(&mut lp, udp);
        lp.run(RunMode::NoWait).unwrap();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        for count in [usize::from(COALESCES), 0, 0] {
            udp.recv_stop(&mut lp).unwrap();
            udp.recv_start_batch(&mut lp, |_, _, _| ()).unwrap();
            assert_eq!(calls(&recorder), vec!["setsockopt"; count]);
        }
        trace::take();
        close_and_end(lp, &[udp]);
    });
}
