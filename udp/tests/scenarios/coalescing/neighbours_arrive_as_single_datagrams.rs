//! Datagrams that are sent as one arrive as what they are, in order, whether they were queued or sent as a batch; as one they arrive only where that is wanted.

use uvox_loop::Loop;
use uvox_loop::trace::{Outcome, Value};

use super::{all_of, messages, numbered, queue_all, took, traced, try_all};
use crate::common::{COALESCES, Seen, bound, close_and_end, hosts, listen, scenario, until};

#[test]
fn neighbours_arrive_as_single_datagrams() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (sender, _) = bound(&mut lp, host);
            let (receiver, to) = bound(&mut lp, host);
            let heard = listen(&mut lp, receiver);
            let datagrams = numbered(&[100; 40]);
            let (sent, calls) = messages(|| try_all(&mut lp, sender, &datagrams, Some(to)));
            assert_eq!(sent, Ok(40));
            if COALESCES {
                assert_eq!(calls, took(&[1]));
            }
            until(&mut lp, |_| heard.len() == 40);
            assert_eq!(heard.take(), all_of(&datagrams));

            let (told, calls) = messages(|| {
                let told = queue_all(&mut lp, sender, &datagrams, Some(to));
                until(&mut lp, |_| told.len() == 40);
                told
            });
            if COALESCES {
                assert_eq!(calls, took(&[1]));
            }
            assert!(told.all().into_iter().eq((0..40).map(|at| (at, Ok(())))));
            until(&mut lp, |_| heard.len() == 41);
            assert_eq!(heard.all()[1..], all_of(&datagrams));
            close_and_end(lp, &[sender, receiver]);
        }
    });
}

/// The trace of the handle counts datagrams, whatever the kernel was given.
#[test]
fn the_trace_counts_datagrams() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let ((), events) = traced(|| {
            let told = queue_all(&mut lp, udp, &numbered(&[9; 12]), Some(to));
            until(&mut lp, |_| told.len() == 12);
            try_all(&mut lp, udp, &numbered(&[9; 12]), Some(to)).unwrap();
        });
        for name in ["flush", "try_send_batch"] {
            let event = events.iter().find(|event| event.name == name).unwrap();
            assert_eq!(event.args, [("datagrams", Value::Uint(12))], "{name}");
            assert_eq!(event.result, Outcome::Done(12), "{name}");
        }
        let told = events.iter().filter(|event| event.name == "sent");
        assert_eq!(told.count(), 13);
        close_and_end(lp, &[udp]);
    });
}

#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system cannot do that"
)]
fn as_one_where_that_is_wanted() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        udp.receive_coalesced(&mut lp, true).unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start(&mut lp, move |_, _, datagram| {
            let datagram = datagram.unwrap();
            let segments: Vec<Vec<u8>> = datagram.segments().map(<[u8]>::to_vec).collect();
            record.add((datagram.control.segment_size, segments));
        })
        .unwrap();
        let datagrams = numbered(&[700, 700, 700, 20]);
        assert_eq!(try_all(&mut lp, udp, &datagrams, Some(to)), Ok(4));
        until(&mut lp, |_| seen.len() == 1);
        assert_eq!(seen.all(), [(Some(700), datagrams)]);
        close_and_end(lp, &[udp]);
    });
}
