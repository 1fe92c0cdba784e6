//! Slow work has half of the threads, rounded up, and no more: with all of that half blocked, quick work that was queued later still runs.

use std::sync::{Arc, Mutex, mpsc};

use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario};

/// Blocks all slow work of a loop with `size` threads, of which it may have `slow`; quick work unblocks it if there is a thread for it.
fn check(size: usize, slow: usize) {
    let mut lp = Loop::builder().worker_threads(size).build().unwrap();
    let (running, runs) = mpsc::channel();
    let (let_go, wait) = mpsc::channel::<()>();
    let wait = Arc::new(Mutex::new(wait));
    let works: Vec<_> = (0..size + 3)
        .map(|_| {
            let (running, wait) = (running.clone(), wait.clone());
            lp.queue_slow_work(
                move || {
                    running.send(()).unwrap();
                    wait.lock().unwrap().recv().is_ok()
                },
                |_, _| (),
            )
            .unwrap()
        })
        .collect();
    for _ in 0..slow {
        runs.recv().unwrap();
    }
    // The next one would have run before any other, and has not begun.
    assert_eq!(works[slow].cancel(&mut lp), Ok(()));
    if size > slow {
        lp.queue_work(|| (), move |_, _| drop(let_go)).unwrap();
    } else {
        drop(let_go);
    }
    assert!(!lp.run(RunMode::Default).unwrap());
    assert_eq!(runs.try_iter().count(), size + 3 - slow - 1);
    end(lp);
}

#[test]
fn slow_work_cannot_starve_quick_work() {
    scenario(|| {
        check(4, 2);
        check(3, 2);
        check(2, 1);
    });
}

#[test]
fn on_one_thread_slow_work_runs_too() {
    scenario(|| check(1, 1));
}
