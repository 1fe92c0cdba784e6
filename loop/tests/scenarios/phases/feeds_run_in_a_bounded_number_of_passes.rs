//! A handle that feeds itself whenever it is called: a turn calls it nine times after it waited, one and the budget, and the rest of
//! the loop has its turn.

use uvox_loop::{Check, Loop, RunMode};

use crate::common::{Seen, close_all, end, fed, scenario};

fn calls_in_turns(passes: u32, turns: usize) -> Vec<usize> {
    let mut lp = Loop::builder()
        .budgets(|budgets| budgets.queue_passes = passes)
        .build()
        .unwrap();
    let seen = Seen::new();
    let fed_again = seen.clone();
    let handle = fed(&mut lp, move |cx, handle| {
        fed_again.add(());
        cx.feed(handle).unwrap();
    });
    let counts = Seen::new();
    let (called, counted) = (seen.clone(), counts.clone());
    let check = Check::new(&mut lp);
    check
        .start(&mut lp, move |_, _| counted.add(called.take().len()))
        .unwrap();
    lp.feed(handle).unwrap();
    for _ in 0..turns {
        lp.run(RunMode::NoWait).unwrap();
    }
    close_all(&mut lp);
    lp.run(RunMode::Default).unwrap();
    end(lp);
    counts.all()
}

#[test]
fn feeds_run_in_a_bounded_number_of_passes() {
    scenario(|| {
        // One in the pending phase, and nine after waiting.
        assert_eq!(calls_in_turns(8, 3), [10, 10, 10]);
        assert_eq!(calls_in_turns(1, 3), [3, 3, 3]);
        // A bound of nothing would be the end of the loop; it counts as one.
        assert_eq!(calls_in_turns(0, 3), [3, 3, 3]);
    });
}

#[test]
fn those_fed_together_run_once_each_in_order() {
    scenario(|| {
        let mut lp = uvox_loop::Loop::new().unwrap();
        let seen = Seen::new();
        let handles: Vec<_> = (0..4)
            .map(|i| {
                let seen = seen.clone();
                fed(&mut lp, move |_, _| seen.add(i))
            })
            .collect();
        for i in [2, 0, 3, 2, 1, 0, 0] {
            lp.feed(handles[i]).unwrap();
        }
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [2, 0, 3, 1]);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [0; 0]);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
