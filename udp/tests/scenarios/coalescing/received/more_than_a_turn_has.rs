//! What came as one may be more than a turn has: who receives one by one hears of no more than that; a batch brings what was received together.

use uvox_loop::{Loop, RunMode};

use super::{count, listen_to_batches, numbered, send_all};
use crate::common::{COALESCES, Seen, bound, close_and_end, listen, scenario};

#[test]
fn one_by_one() {
    scenario(|| {
        for budget in [1, 7, 32, 50] {
            let builder = Loop::builder().budgets(|budgets| budgets.datagrams = budget);
            let mut lp = builder.build().unwrap();
            let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
            listen_to_batches(&mut lp, udp);
            udp.recv_stop(&mut lp).unwrap();
            let datagrams = numbered(&[[9; 40], [10; 40]].concat());
            send_all(&mut lp, udp, &datagrams, to);
            let heard = listen(&mut lp, udp);
            let budget = budget as usize;
            let mut left = 80;
            while left > 0 {
                lp.run(RunMode::NoWait).unwrap();
                let count = heard.len() + left - 80;
                assert_eq!(count, budget.min(left), "of {left}");
                left -= count;
            }
            assert!(heard.all().into_iter().eq(datagrams.into_iter().map(Ok)));
            close_and_end(lp, &[udp]);
        }
    });
}

#[test]
fn a_batch() {
    scenario(|| {
        let builder = Loop::builder().budgets(|budgets| budgets.datagrams = 2);
        let mut lp = builder.build().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen_to_batches(&mut lp, udp);
        let turns = Seen::new();
        let sizes = [[6; 10], [7; 10], [8; 10], [9; 10]].concat();
        send_all(&mut lp, udp, &numbered(&sizes), to);
        while count(&heard) < 40 {
            lp.run(RunMode::NoWait).unwrap();
            turns.add(heard.len());
        }
        if COALESCES {
            let counts: Vec<usize> = heard.all().iter().map(Vec::len).collect();
            assert_eq!((counts, turns.all()), (vec![20, 20], vec![1, 2]));
        }
        assert_eq!(super::bytes(&heard), numbered(&sizes));
        close_and_end(lp, &[udp]);
    });
}
