//! A `done` closes handles; their close callbacks come in the closing phase of the same turn.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Phase, RunMode, Timer};

use crate::common::{end, new_loop, scenario};

#[test]
fn handle_closed_in_done() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        timer
            .start(
                &mut lp,
                Duration::from_secs(1_000_000),
                Duration::ZERO,
                |_, _| panic!("called"),
            )
            .unwrap();
        let log = Rc::new(RefCell::new(Vec::new()));
        let (first, second) = (log.clone(), log.clone());
        lp.queue_work(
            || (),
            move |cx, _| {
                first.borrow_mut().push(("done", cx.metrics().turns));
                cx.close(timer, move |cx| {
                    assert_eq!(cx.phase(), Phase::Closing);
                    second.borrow_mut().push(("closed", cx.metrics().turns));
                })
                .unwrap();
            },
        )
        .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        let turn = lp.metrics().turns;
        assert_eq!(*log.borrow(), [("done", turn), ("closed", turn)]);
        end(lp);
    });
}
