//! Of many timeouts that are due at once, those that run change those that follow: cleared ones do not run, those that are started anew run later, and a panic
//! keeps nobody from running.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use uvox::env::{Env, Timeout, enter, set_idle_timeout, set_timeout};
use uvox::event_loop::Loop;

use crate::common::{Seen, program, scenario};

const MS: Duration = Duration::from_millis(1);
const COUNT: usize = 400;

#[test]
fn they_change_one_another() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let all: Rc<RefCell<Vec<Timeout>>> = Rc::default();
            for number in 0..COUNT {
                let (record, shared) = (record.clone(), all.clone());
                let timeout = set_idle_timeout(cx, MS, move |cx, own| {
                    record.add(number);
                    let of = |number: usize| shared.borrow().get(number).copied();
                    match number % 4 {
                        // The next one is cleared, the one behind it is started anew, and a new one takes a slot that is free now.
                        0 => {
                            of(number + 1).unwrap().clear(cx);
                            of(number + 2).unwrap().refresh(cx);
                            let record = record.clone();
                            set_timeout(cx, 3 * MS, move |_| record.add(COUNT));
                        }
                        2 => own.clear(cx),
                        _ => {}
                    }
                });
                all.borrow_mut().push(timeout);
            }
            // The last one to be due keeps the loop for all.
            let last = record.clone();
            set_timeout(cx, 100 * MS, move |_| last.add(COUNT + 1));
        });
        let mut expected: Vec<usize> = (0..COUNT).filter(|n| matches!(n % 4, 0 | 3)).collect();
        expected.extend((0..COUNT).filter(|n| n % 4 == 2));
        expected.extend([COUNT; COUNT / 4]);
        expected.push(COUNT + 1);
        assert_eq!(seen.all(), expected);
    });
}

#[test]
fn panics_among_them() {
    scenario(|| {
        let seen = Seen::new();
        let mut env = Env::new().unwrap();
        enter(&mut env, |cx| {
            for number in 0..COUNT {
                let record = seen.clone();
                set_timeout(cx, MS, move |_| {
                    record.add(number);
                    assert!(number % 100 != 50, "on purpose");
                });
            }
        });
        let mut panics = 0;
        while catch_unwind(AssertUnwindSafe(|| env.run().unwrap())).is_err() {
            panics += 1;
        }
        assert_eq!(panics, COUNT / 100);
        assert!(seen.all().into_iter().eq(0..COUNT));
        Loop::close(env.into_loop()).unwrap();
    });
}
