//! Work on other threads (`threadpool.c`).

use crate::Ctx;

/// Work that a thread is done with.
#[derive(Debug)]
pub(crate) struct Finished;

/// The loop's side of its worker threads.
#[derive(Debug, Default)]
pub(crate) struct Workers;

impl Workers {
    pub(crate) fn take_finished(&mut self, _finished: Vec<Finished>) {}

    /// Whether callbacks for finished work wait to be called.
    pub(crate) fn has_finished(&self) -> bool {
        false
    }
}

impl Ctx {
    /// Calls back for the work that is done. False if the host's time ran out before the end.
    pub(crate) fn run_finished(&mut self) -> bool {
        true
    }
}
