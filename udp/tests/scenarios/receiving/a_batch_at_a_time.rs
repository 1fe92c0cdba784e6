//! What came together is handed over together; what is not taken comes again.

use std::net::Ipv4Addr;

use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{Seen, bound, close_and_end, nobody, ok, scenario, until};

#[test]
fn a_batch_at_a_time() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        for number in 0..20 {
            assert_eq!(udp.try_send(&mut lp, &[number; 3], to), Ok(3));
        }
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start_batch(&mut lp, move |_, handle, batch| {
            assert_eq!(handle, udp);
            let batch = batch.unwrap();
            let count = batch.len();
            assert_eq!(batch.size_hint(), (count, Some(count)));
            for datagram in batch.by_ref().take(7) {
                assert_eq!(datagram.sender(), Some(to));
                assert_eq!(datagram.segments().collect::<Vec<_>>(), [datagram.bytes]);
                record.add((count, datagram.bytes[0]));
            }
            assert_eq!(batch.len(), count.saturating_sub(7));
        })
        .unwrap();
        until(&mut lp, |_| seen.len() == 20);
        let counts = [(20, 7), (13, 7), (6, 6)];
        let expected = counts
            .iter()
            .flat_map(|(count, taken)| vec![*count; *taken])
            .zip(0..20);
        assert_eq!(seen.all(), expected.collect::<Vec<(usize, u8)>>());
        let again = udp.recv_start_batch(&mut lp, |_, _, _| ());
        assert_eq!(again, Err(Errno::EALREADY));
        assert_eq!(udp.recv_start(&mut lp, |_, _, _| ()), Err(Errno::EALREADY));
        close_and_end(lp, &[udp]);
    });
}

/// An error comes alone.
#[test]
fn an_error() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let nobody = nobody(Ipv4Addr::LOCALHOST.into());
        udp.connect(&mut lp, nobody).unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start_batch(&mut lp, move |_, _, batch| {
            record.add(batch.map(|batch| batch.count()));
        })
        .unwrap();
        udp.send(&mut lp, b"x", None, ok).unwrap();
        until(&mut lp, |_| !seen.is_empty());
        assert_eq!(seen.all(), [Err(Errno::ECONNREFUSED)]);
        lp.run(RunMode::NoWait).unwrap();
        close_and_end(lp, &[udp]);
    });
}
