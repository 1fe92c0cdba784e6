//! What every scenario is run in.

use std::sync::{Mutex, PoisonError};

use uvox_loop::Loop;

/// Runs a scenario alone in the process, and checks that it leaves no descriptor open that was not open before.
///
/// Scenarios share a process, descriptors and signals belong to the process, so they take turns.
pub(crate) fn scenario(run: impl FnOnce()) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // Whatever the first loop of a process opens for good is open from here on.
    drop(Loop::new().unwrap());
    let before = open_descriptors();
    run();
    assert_eq!(
        open_descriptors(),
        before,
        "descriptors open after the scenario, and before it"
    );
}

/// A new loop.
pub(crate) fn new_loop() -> Loop {
    Loop::new().unwrap()
}

/// Ends a loop, which must have no handle left.
pub(crate) fn end(lp: Loop) {
    Loop::close(lp).unwrap();
}

/// The numbers of the process's open descriptors.
pub(crate) fn open_descriptors() -> Vec<i32> {
    let mut open: Vec<i32> = (0..20_000)
        .filter(|fd| uvox_loop::sys::descriptor_is_open(*fd))
        .collect();
    open.sort_unstable();
    open
}
