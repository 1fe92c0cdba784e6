//! Work that panics gives an error with the panic in it, and its thread goes on with the next work.

use std::cell::RefCell;
use std::panic::panic_any;
use std::rc::Rc;
use std::thread;

use uvox_loop::{Loop, RunMode, WorkError};

use crate::common::{end, scenario};

#[test]
fn panic_in_work_is_an_error_in_done() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let errors = Rc::new(RefCell::new(Vec::new()));
        let threads = Rc::new(RefCell::new(Vec::new()));
        let see_thread = |lp: &mut Loop| {
            let threads = threads.clone();
            lp.queue_work(
                || thread::current().id(),
                move |_, id| threads.borrow_mut().push(id.unwrap()),
            )
            .unwrap();
        };
        let see_error = |lp: &mut Loop, panic: fn()| {
            let errors = errors.clone();
            lp.queue_work(panic, move |_, result| {
                errors.borrow_mut().push(result.unwrap_err());
            })
            .unwrap();
        };
        see_thread(&mut lp);
        see_error(&mut lp, || panic!("no"));
        see_error(&mut lp, || panic!("no, {} times", 2));
        see_error(&mut lp, || panic_any(7u8));
        see_thread(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());

        let errors = errors.take();
        assert_eq!(errors[0].panic_message(), Some("no"));
        assert_eq!(errors[0].to_string(), "the work panicked: no");
        assert_eq!(errors[0].errno(), None);
        assert_eq!(errors[1].panic_message(), Some("no, 2 times"));
        assert_eq!(errors[2].panic_message(), None);
        let [_, _, WorkError::Panicked(payload)] = &errors[..] else {
            panic!("{errors:?}");
        };
        assert_eq!(payload.downcast_ref(), Some(&7u8));
        let threads = threads.take();
        assert_eq!(threads[0], threads[1]);
        end(lp);
    });
}
