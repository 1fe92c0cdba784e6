//! Who receives one by one gets single datagrams, whoever received before: what was kept in the middle, what waits in the kernel, and what comes later.

use uvox_loop::{Loop, RunMode};

use super::{count, is_merging, listen_to_batches, numbered, send_all};
use crate::common::{COALESCES, Seen, bound, close_and_end, hosts, listen, scenario, until};

#[test]
fn one_by_one_after_batches() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, host);
            let seen = Seen::new();
            let record = seen.clone();
            udp.recv_start_batch(&mut lp, move |cx, udp, batch| {
                for datagram in batch.unwrap().by_ref().take(4) {
                    record.add(datagram.bytes.to_vec());
                }
                udp.recv_stop(cx).unwrap();
            })
            .unwrap();
            let datagrams = numbered(&[60; 9]);
            send_all(&mut lp, udp, &datagrams, to);
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), datagrams[..4]);
            // These wait in the kernel, as one.
            send_all(&mut lp, udp, &datagrams, to);
            let heard = listen(&mut lp, udp);
            until(&mut lp, |_| heard.len() == 14);
            send_all(&mut lp, udp, &datagrams, to);
            until(&mut lp, |_| heard.len() == 23);
            let expected = [&datagrams[4..], &datagrams[..], &datagrams[..]].concat();
            assert!(heard.all().into_iter().eq(expected.into_iter().map(Ok)));
            close_and_end(lp, &[udp]);
        }
    });
}

/// They may stop in the middle, too, and batches go on from there.
#[test]
fn to_and_fro() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        listen_to_batches(&mut lp, udp);
        udp.recv_stop(&mut lp).unwrap();
        let datagrams = numbered(&[60; 9]);
        send_all(&mut lp, udp, &datagrams, to);
        for datagram in &datagrams[..4] {
            let seen = Seen::new();
            let record = seen.clone();
            udp.recv_start(&mut lp, move |cx, udp, datagram| {
                record.add(datagram.unwrap().bytes.to_vec());
                udp.recv_stop(cx).unwrap();
            })
            .unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), std::slice::from_ref(datagram));
        }
        let heard = listen_to_batches(&mut lp, udp);
        until(&mut lp, |_| count(&heard) == 5);
        let rest = datagrams[4..].iter().map(|bytes| (bytes.clone(), Some(to)));
        assert_eq!(heard.all(), [rest.collect::<Vec<_>>()]);
        close_and_end(lp, &[udp]);
    });
}

/// Who never received batches has not had the kernel told anything.
#[test]
fn and_before_them() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        if COALESCES {
            assert_eq!(is_merging(&mut lp, udp), Ok(false));
        }
        // What waits when batches are asked for came one by one, and what comes then does not.
        let datagrams = numbered(&[60; 9]);
        send_all(&mut lp, udp, &datagrams, to);
        udp.recv_stop(&mut lp).unwrap();
        let batches = listen_to_batches(&mut lp, udp);
        send_all(&mut lp, udp, &datagrams, to);
        until(&mut lp, |_| count(&batches) == 18);
        assert_eq!(
            super::bytes(&batches),
            [&datagrams[..], &datagrams[..]].concat()
        );
        assert_eq!(heard.len(), 0);
        close_and_end(lp, &[udp]);
    });
}
