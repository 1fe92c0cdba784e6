//! Just as many works run at once as the loop was built for.

use std::sync::{Arc, Barrier, mpsc};

use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{end, scenario};

/// Checks that `lp` runs `size` works at once and the next one only when one of them is done.
pub(super) fn check_size(mut lp: Loop, size: usize) {
    let together = Arc::new(Barrier::new(size + 1));
    let (let_go, wait) = mpsc::channel::<()>();
    let wait = Arc::new(std::sync::Mutex::new(wait));
    for _ in 0..size {
        let (together, wait) = (together.clone(), wait.clone());
        lp.queue_work(
            move || {
                together.wait();
                wait.lock().unwrap().recv().is_ok()
            },
            |_, result| assert!(!result.unwrap()),
        )
        .unwrap();
    }
    let one_more = lp
        .queue_work(|| (), |_, result| assert!(result.is_err()))
        .unwrap();
    // Passed only when all of them run.
    together.wait();
    assert_eq!(one_more.cancel(&mut lp), Ok(()));
    assert_eq!(one_more.cancel(&mut lp), Err(Errno::EBUSY));
    drop(let_go);
    assert!(!lp.run(RunMode::Default).unwrap());
    end(lp);
}

#[test]
fn as_many_at_once_as_the_builder_says() {
    scenario(|| {
        for size in [1, 2, 7] {
            check_size(Loop::builder().worker_threads(size).build().unwrap(), size);
        }
    });
}

#[test]
fn none_at_all_counts_as_one() {
    scenario(|| check_size(Loop::builder().worker_threads(0).build().unwrap(), 1));
}
