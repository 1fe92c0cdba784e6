//! How long a datagram may be says nothing of how long those may be that came as one: none is cut that would not have been cut by itself.

use uvox_loop::Loop;

use super::{brought, numbered, send_all, traced};
use crate::common::{COALESCES, Seen, bound, close_and_end, hosts, listen, scenario, until};

#[test]
fn there_is_room_for_all() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, host);
            udp.set_datagram_size(&mut lp, 10).unwrap();
            let seen = Seen::new();
            let record = seen.clone();
            udp.recv_start_batch(&mut lp, move |_, _, batch| {
                for datagram in batch.unwrap() {
                    record.add((datagram.bytes.to_vec(), datagram.truncated));
                }
            })
            .unwrap();
            // Of the first all are short enough, of the second the last is, of the others none.
            let datagrams = numbered(&[[10; 20], [11; 20], [1000; 20]].concat());
            send_all(&mut lp, udp, &datagrams[..20], to);
            let last = vec![vec![99; 10]];
            send_all(&mut lp, udp, &[&datagrams[20..40], &last].concat(), to);
            send_all(&mut lp, udp, &datagrams[40..], to);
            let ((), events) = traced(|| until(&mut lp, |_| seen.len() == 61));
            if COALESCES {
                assert_eq!(brought(&events), [3]);
            }
            let all = [&datagrams[..40], &last, &datagrams[40..]].concat();
            let expected = all.iter().map(|bytes| {
                let room = bytes.len().min(10);
                (bytes[..room].to_vec(), bytes.len() > 10)
            });
            assert!(seen.all().into_iter().eq(expected));
            // Nor is one by one what was put together.
            udp.recv_stop(&mut lp).unwrap();
            let heard = listen(&mut lp, udp);
            send_all(&mut lp, udp, &datagrams[..20], to);
            until(&mut lp, |_| heard.len() == 20);
            assert!(
                heard
                    .all()
                    .into_iter()
                    .eq(datagrams[..20].iter().cloned().map(Ok))
            );
            close_and_end(lp, &[udp]);
        }
    });
}

/// As long as can be, in 64 and more.
#[test]
fn as_long_as_can_be() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, host);
            let heard = super::listen_to_batches(&mut lp, udp);
            for sizes in [&[1023; 64][..], &[21_800; 3], &[1; 200]] {
                let datagrams = numbered(sizes);
                send_all(&mut lp, udp, &datagrams, to);
                until(&mut lp, |_| super::count(&heard) == datagrams.len());
                assert_eq!(super::bytes(&heard), datagrams);
                heard.take();
            }
            close_and_end(lp, &[udp]);
        }
    });
}

/// Who takes them as one is told of all of them, too.
#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system cannot do that"
)]
fn taken_as_one() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        udp.set_datagram_size(&mut lp, 10).unwrap();
        udp.receive_coalesced(&mut lp, true).unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start_batch(&mut lp, move |_, _, batch| {
            for datagram in batch.unwrap() {
                let segments: Vec<Vec<u8>> = datagram.segments().map(<[u8]>::to_vec).collect();
                record.add((segments, datagram.truncated));
            }
        })
        .unwrap();
        let datagrams = numbered(&[10; 20]);
        send_all(&mut lp, udp, &datagrams, to);
        send_all(&mut lp, udp, &[vec![7; 11]], to);
        until(&mut lp, |_| seen.len() == 2);
        assert_eq!(seen.all(), [(datagrams, false), (vec![vec![7; 10]], true)]);
        close_and_end(lp, &[udp]);
    });
}
