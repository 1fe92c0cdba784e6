//! When a loop without work in flight is closed, or dropped, its threads have ended.

use std::cell::RefCell;
use std::sync::{Arc, Barrier, mpsc};

use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario};

thread_local! {
    static LAST_WORD: RefCell<Option<LastWord>> = const { RefCell::new(None) };
}

/// Says so when its thread ends.
struct LastWord(mpsc::Sender<()>);

impl Drop for LastWord {
    fn drop(&mut self) {
        self.0.send(()).unwrap();
    }
}

fn ends_its_threads(finish: fn(Loop)) {
    let mut lp = Loop::builder().worker_threads(3).build().unwrap();
    let together = Arc::new(Barrier::new(3));
    let (tell, ended) = mpsc::channel();
    for _ in 0..3 {
        let (together, word) = (together.clone(), LastWord(tell.clone()));
        lp.queue_work(
            move || {
                together.wait();
                LAST_WORD.set(Some(word));
            },
            |_, result| result.unwrap(),
        )
        .unwrap();
    }
    assert!(!lp.run(RunMode::Default).unwrap());
    assert_eq!(ended.try_iter().count(), 0);
    finish(lp);
    assert_eq!(ended.try_iter().count(), 3);
}

#[test]
fn closing_the_loop_ends_its_threads() {
    scenario(|| ends_its_threads(end));
}

#[test]
fn dropping_the_loop_ends_its_threads() {
    scenario(|| ends_its_threads(drop));
}
