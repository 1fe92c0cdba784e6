//! Work is queued from the `done` of other work, from a timer, and a loop lives as long as the chain goes on.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Ctx, RunMode, Timer};

use crate::common::{end, new_loop, scenario};

fn count_down(cx: &mut Ctx, from: u32, done: Rc<Cell<u32>>) {
    cx.queue_work(
        move || from - 1,
        move |cx, left| {
            done.set(done.get() + 1);
            match left.unwrap() {
                0 => {}
                left => count_down(cx, left, done),
            }
        },
    )
    .unwrap();
}

#[test]
fn queued_from_done() {
    scenario(|| {
        let mut lp = new_loop();
        let done = Rc::new(Cell::new(0));
        let from_timer = done.clone();
        count_down(&mut lp, 100, done.clone());
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, timer| {
                count_down(cx, 50, from_timer.clone());
                cx.close(timer, |_| ()).unwrap();
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(done.get(), 150);
        end(lp);
    });
}
