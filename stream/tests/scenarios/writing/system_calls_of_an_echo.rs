//! What an echo costs: one call to receive and one to send for each message, and nothing else but the wait; to pause and resume costs
//! nothing.

use std::io::{Read, Write};

use uvox_loop::trace::{self, Layer, Recorder};
use uvox_loop::{Loop, RunMode};

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair, until};

/// The system calls that were recorded, without the waits.
fn calls(recorder: &Recorder) -> Vec<&'static str> {
    let events = recorder.events();
    recorder.clear();
    let calls = events.iter().filter(|event| event.layer == Layer::Sys);
    calls
        .map(|event| event.name)
        .filter(|name| {
            ![
                "epoll_wait",
                "epoll_pwait",
                "epoll_pwait2",
                "kevent",
                "mio_poll",
            ]
            .contains(name)
        })
        .collect()
}

#[test]
fn system_calls_of_an_echo() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = tcp_pair();
        peer.set_nodelay(true).unwrap();
        let stream = stream_on(&mut lp, ours);
        let echoed = Seen::new();
        let record = echoed.clone();
        stream
            .read_start(&mut lp, move |cx, stream, got| {
                let record = record.clone();
                stream
                    .write(cx, got.unwrap(), move |_, _, written| {
                        assert_eq!((written.status, written.bytes), (Ok(()), 64));
                        record.add(());
                    })
                    .unwrap();
            })
            .unwrap();
        let mut echo = |lp: &mut Loop, message: u8| {
            let before = echoed.len();
            peer.write_all(&[message; 64]).unwrap();
            until(lp, |_| echoed.len() > before);
            let mut answer = [0; 64];
            peer.read_exact(&mut answer).unwrap();
            assert_eq!(answer, [message; 64]);
        };
        // The first one has the kernel's word on the new descriptor to hear, too.
        echo(&mut lp, 0);
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        for message in 1..=100 {
            echo(&mut lp, message);
            assert_eq!(calls(&recorder), ["recv", "send"], "message {message}");
        }
        trace::take();
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn to_pause_and_resume_costs_nothing() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, _peer) = tcp_pair();
        let stream = stream_on(&mut lp, ours);
        stream.read_start(&mut lp, |_, _, _| ()).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        for _ in 0..10 {
            stream.read_stop(&mut lp).unwrap();
            lp.run(RunMode::NoWait).unwrap();
            stream.read_start(&mut lp, |_, _, _| ()).unwrap();
            lp.run(RunMode::NoWait).unwrap();
        }
        trace::take();
        assert!(calls(&recorder).is_empty());
        close_and_end(lp, &[stream]);
    });
}
