//! A turn takes no more events from the kernel than its bound; the rest is not lost.

use std::io::Write;
use std::os::unix::net::UnixStream;

use uvox_loop::{Loop, Ready, RunMode};

use super::probe::Probe;
use super::settle;
use crate::common::{end, scenario};

/// How many events each turn took, until there were no more.
fn events_by_turn(lp: &mut Loop) -> Vec<u64> {
    let mut by_turn = Vec::new();
    loop {
        let before = lp.metrics().events;
        lp.run(RunMode::NoWait).unwrap();
        match lp.metrics().events - before {
            0 => return by_turn,
            count => by_turn.push(count),
        }
    }
}

#[test]
fn events_beyond_the_bound_come_in_later_turns() {
    for bound in [1, 3, 1024] {
        scenario(|| {
            let mut lp = Loop::builder()
                .budgets(|budgets| budgets.events = bound)
                .build()
                .unwrap();
            let (probes, mut peers): (Vec<Probe>, Vec<UnixStream>) = (0..40)
                .map(|_| {
                    let (peer, ours) = UnixStream::pair().unwrap();
                    (Probe::new(&mut lp, ours), peer)
                })
                .unzip();
            settle(&mut lp);
            for probe in &probes {
                assert_eq!(probe.said(&mut lp), Ready::WRITABLE);
            }
            for peer in &mut peers {
                peer.write_all(b"x").unwrap();
            }
            let by_turn = events_by_turn(&mut lp);
            assert!(by_turn.iter().all(|count| *count <= bound as u64));
            assert!(by_turn.iter().sum::<u64>() >= 40, "{by_turn:?}");
            for probe in &probes {
                assert!(probe.said(&mut lp).contains(Ready::READABLE));
                probe.close(&mut lp);
            }
            lp.run(RunMode::Default).unwrap();
            end(lp);
        });
    }
}
