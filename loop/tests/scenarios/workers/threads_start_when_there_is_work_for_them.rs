//! A thread is started only when there is work and none is free; a thread that is idle is used again.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, Barrier};
use std::thread;

use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Ctx, RunMode};

use crate::common::{end, new_loop, scenario};

type Names = Rc<RefCell<Vec<String>>>;

fn one_after_another(cx: &mut Ctx, names: Names, left: usize) {
    if left == 0 {
        return;
    }
    cx.queue_work(
        || thread::current().name().unwrap().to_owned(),
        move |cx, name| {
            names.borrow_mut().push(name.unwrap());
            one_after_another(cx, names, left - 1);
        },
    )
    .unwrap();
}

fn started(recorder: &Recorder) -> usize {
    let events = recorder.events();
    events
        .iter()
        .filter(|event| event.name == "pthread_create")
        .count()
}

#[test]
fn threads_start_when_there_is_work_for_them() {
    scenario(|| {
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let mut lp = new_loop();
        assert_eq!(started(&recorder), 0);
        let names = Names::default();
        one_after_another(&mut lp, names.clone(), 50);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(*names.borrow(), vec!["uvox-worker-0"; 50]);
        assert_eq!(started(&recorder), 1);

        // Three that wait for each other take two threads more.
        let together = Arc::new(Barrier::new(3));
        for _ in 0..3 {
            let together = together.clone();
            lp.queue_work(
                move || together.wait().is_leader(),
                |_, result| {
                    result.unwrap();
                },
            )
            .unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(started(&recorder), 3);
        trace::take();
        end(lp);
    });
}
