//! A callback may run another loop to its end.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Phase, RunMode, Timer};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn loop_inside_a_callback_of_another() {
    scenario(|| {
        let mut outer = new_loop();
        let seen = Seen::new();
        let inner = Rc::new(RefCell::new(new_loop()));
        let timer = Timer::new(&mut outer);
        let (outer_seen, inside) = (seen.clone(), inner.clone());
        timer
            .start(
                &mut outer,
                Duration::ZERO,
                Duration::ZERO,
                move |cx, timer| {
                    outer_seen.add("outer begins");
                    let mut inner = inside.borrow_mut();
                    let timer_inside = Timer::new(&mut inner);
                    let inner_seen = outer_seen.clone();
                    timer_inside
                        .start(
                            &mut inner,
                            Duration::from_millis(1),
                            Duration::ZERO,
                            move |cx, timer| {
                                inner_seen.add("inner");
                                close(cx, timer);
                            },
                        )
                        .unwrap();
                    assert!(!inner.run(RunMode::Default).unwrap());
                    assert_eq!(inner.phase(), Phase::Outside);
                    assert_eq!(cx.phase(), Phase::Timers);
                    close(cx, timer);
                    outer_seen.add("outer ends");
                },
            )
            .unwrap();
        assert!(!outer.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["outer begins", "inner", "outer ends"]);
        end(outer);
        end(Rc::into_inner(inner).unwrap().into_inner());
    });
}
