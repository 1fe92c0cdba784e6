//! Who wants nothing put together says so before he receives; said later, or taken back, it changes what he is told, and nothing is mixed up.

use uvox_loop::{Errno, Loop, RunMode};

use super::{brought, bytes, count, is_merging, listen_to_batches, numbered, send_all, traced};
use crate::common::{COALESCES, Seen, bound, close, close_and_end, end, listen, scenario, until};

#[test]
fn not_wanted() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        udp.receive_coalesced(&mut lp, false).unwrap();
        let (heard, events) = traced(|| listen_to_batches(&mut lp, udp));
        assert!(events.iter().all(|event| event.name != "setsockopt"));
        let datagrams = numbered(&[25; 12]);
        send_all(&mut lp, udp, &datagrams, to);
        let ((), events) = traced(|| until(&mut lp, |_| count(&heard) == 12));
        assert_eq!(bytes(&heard), datagrams);
        if COALESCES {
            assert_eq!(brought(&events), [12]);
            assert_eq!(is_merging(&mut lp, udp), Ok(false));
        }
        // It stays so.
        udp.recv_stop(&mut lp).unwrap();
        let heard = listen_to_batches(&mut lp, udp);
        send_all(&mut lp, udp, &datagrams, to);
        until(&mut lp, |_| count(&heard) == 12);
        if COALESCES {
            assert_eq!(is_merging(&mut lp, udp), Ok(false));
        }
        close(&mut lp, udp);
        let closing = udp.receive_coalesced(&mut lp, false);
        assert_eq!(closing, Err(Errno::EBADF));
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

/// What waits in the kernel is as it was put there.
#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system cannot do that"
)]
fn said_while_some_wait() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let datagrams = numbered(&[25; 12]);
        // Because of batches, and because it was asked for.
        for asked in [false, true] {
            if asked {
                udp.receive_coalesced(&mut lp, true).unwrap();
            } else {
                listen_to_batches(&mut lp, udp);
                udp.recv_stop(&mut lp).unwrap();
            }
            send_all(&mut lp, udp, &datagrams, to);
            udp.receive_coalesced(&mut lp, false).unwrap();
            send_all(&mut lp, udp, &datagrams, to);
            let heard = listen(&mut lp, udp);
            until(&mut lp, |_| heard.len() == 24);
            let expected = [&datagrams[..], &datagrams[..]].concat();
            assert!(heard.all().into_iter().eq(expected.into_iter().map(Ok)));
            udp.recv_stop(&mut lp).unwrap();
        }
        close_and_end(lp, &[udp]);
    });
}

/// It is asked for, and no more, while the callback has left some: what is told of is in the form that is wanted then.
#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system cannot do that"
)]
fn while_some_are_kept() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let seen = Seen::new();
        let record = seen.clone();
        let mut wanted = [true, false, true].into_iter();
        udp.recv_start_batch(&mut lp, move |cx, udp, batch| {
            let batch = batch.unwrap();
            record.add((batch.len(), batch.next().unwrap().segments().count()));
            if let Some(whole) = wanted.next() {
                udp.receive_coalesced(cx, whole).unwrap();
            }
        })
        .unwrap();
        send_all(&mut lp, udp, &numbered(&[[20; 6], [25; 6]].concat()), to);
        until(&mut lp, |_| seen.len() == 4);
        // One by itself; the other five of the first as one; one of the second by itself, then its rest as one.
        assert_eq!(seen.all(), [(12, 1), (2, 5), (6, 1), (1, 5)]);
        close_and_end(lp, &[udp]);
    });
}
