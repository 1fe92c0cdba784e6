//! The name of work that is over stands for nothing: not in its own `done`, not when its place is taken, not on another loop.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc;

use uvox_loop::{Errno, Loop, RunMode, Work};

use crate::common::{end, new_loop, scenario};

#[test]
fn cancelled_when_it_is_over() {
    scenario(|| {
        let mut lp = new_loop();
        let name: Rc<Cell<Option<Work>>> = Rc::default();
        let own = name.clone();
        let work = lp
            .queue_work(
                || (),
                move |cx, _| {
                    let own = own.take().unwrap();
                    assert_eq!(own.cancel(cx), Err(Errno::EBADF));
                },
            )
            .unwrap();
        name.set(Some(work));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(work.cancel(&mut lp), Err(Errno::EBADF));
        end(lp);
    });
}

#[test]
fn its_place_belongs_to_other_work() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let first = lp.queue_work(|| (), |_, _| ()).unwrap();
        lp.run(RunMode::Default).unwrap();
        let (let_go, wait) = mpsc::channel::<()>();
        lp.queue_work(move || wait.recv().is_ok(), |_, _| ())
            .unwrap();
        let ran = Rc::new(Cell::new(false));
        let runs = ran.clone();
        lp.queue_work(|| (), move |_, result| runs.set(result.is_ok()))
            .unwrap();
        assert_eq!(first.cancel(&mut lp), Err(Errno::EBADF));
        drop(let_go);
        lp.run(RunMode::Default).unwrap();
        assert!(ran.get());
        end(lp);
    });
}

#[test]
fn another_loop_has_no_such_work() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let mut other = Loop::builder().worker_threads(1).build().unwrap();
        let (let_go, wait) = mpsc::channel::<()>();
        let (let_other_go, other_wait) = mpsc::channel::<()>();
        let block = |lp: &mut Loop, wait: mpsc::Receiver<()>| {
            lp.queue_work(move || wait.recv().is_ok(), |_, _| ())
                .unwrap();
            // Behind it, so that it could be cancelled.
            lp.queue_work(|| (), |_, result| assert!(result.is_ok()))
                .unwrap()
        };
        let work = block(&mut lp, wait);
        let others = block(&mut other, other_wait);
        assert_ne!(work, others);
        assert_eq!(work.cancel(&mut other), Err(Errno::EBADF));
        assert_eq!(others.cancel(&mut lp), Err(Errno::EBADF));
        drop((let_go, let_other_go));
        for mut lp in [lp, other] {
            assert!(!lp.run(RunMode::Default).unwrap());
            end(lp);
        }
    });
}
