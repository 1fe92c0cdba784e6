//! What the scenarios of uvox's crates are run in: each alone in its process, on real sockets, and at its end no descriptor and no handle is
//! left. For tests only.

mod process;
mod seen;
mod sockets;

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use uvox_loop::{Ctx, Key, Loop, RunMode, Timer, sys};

pub use process::{in_child, leave_room_for};
pub use seen::Seen;
pub use sockets::{drain, tcp_pair};

/// Runs a scenario alone in the process, and checks that it leaves no descriptor open that was not open before.
///
/// Scenarios share a process, descriptors and signals belong to the process, so they take turns.
pub fn scenario(run: impl FnOnce()) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // Whatever the first loop of a process opens for good is open from here on.
    drop(Loop::new().unwrap());
    let before = settled_descriptors();
    run();
    assert_eq!(
        settled_descriptors(),
        before,
        "descriptors open after the scenario, and before it"
    );
}

/// The numbers of the process's open descriptors, in order.
pub fn open_descriptors() -> Vec<i32> {
    (0..20_000)
        .filter(|fd| sys::descriptor_is_open(*fd))
        .collect()
}

/// The same when nothing comes and goes: a thread that the test runner starts in the meantime opens a file for a moment.
fn settled_descriptors() -> Vec<i32> {
    let mut seen = open_descriptors();
    for _ in 0..100 {
        thread::yield_now();
        let again = open_descriptors();
        if again == seen {
            break;
        }
        seen = again;
    }
    seen
}

/// A new loop.
pub fn new_loop() -> Loop {
    Loop::new().unwrap()
}

/// Ends a loop, which must have no handle left.
pub fn end(lp: Loop) {
    Loop::close(lp).unwrap();
}

/// Closes a handle, without further ado.
pub fn close(cx: &mut Ctx, handle: impl Into<Key>) {
    cx.close(handle, |_| ()).unwrap();
}

/// Closes all that is open, whatever it is.
pub fn close_all(cx: &mut Ctx) {
    cx.walk(|cx, handle| {
        if !handle.closing {
            cx.close(handle.key, |_| ()).unwrap();
        }
    });
}

/// Closes handles, and runs the loop to its end.
pub fn close_and_end<T: Into<Key> + Copy>(mut lp: Loop, handles: &[T]) {
    for handle in handles {
        close(&mut lp, *handle);
    }
    assert!(!lp.run(RunMode::Default).unwrap());
    assert_eq!(lp.requests(), 0);
    end(lp);
}

/// Runs turn after turn until something is so. A loop that has nothing left to do before that is a mistake.
pub fn until(lp: &mut Loop, is_so: impl Fn(&Ctx) -> bool) {
    while !is_so(lp) {
        let alive = lp.run(RunMode::Once).unwrap();
        assert!(
            alive || is_so(lp),
            "the loop is done before it has happened"
        );
    }
}

/// How many turns a loop takes in that time while nothing happens, when it may wait: a few. One that spins takes thousands.
pub fn turns_in(lp: &mut Loop, time: Duration) -> u64 {
    let before = lp.metrics().turns;
    let is_over = Seen::new();
    let record = is_over.clone();
    let timer = Timer::new(lp);
    let over = move |cx: &mut Ctx, timer| {
        record.add(());
        close(cx, timer);
    };
    timer.start(lp, time, Duration::ZERO, over).unwrap();
    until(lp, |cx| !is_over.is_empty() && cx.info(timer).is_none());
    lp.metrics().turns - before
}
