//! A tracer may take itself off, or set another in its place, while it handles an event.

use uvox_loop::trace::{self, Event, Recorder, Tracer};

use crate::common::{end, new_loop, scenario};

/// Gives its place to another at the first event.
struct Relay(Recorder);

impl Tracer for Relay {
    fn event(&mut self, _: &Event) {
        // It is away, so there is none to be had.
        assert!(trace::take().is_none());
        assert!(trace::set(self.0.clone()).is_none());
    }
}

#[test]
fn tracer_that_replaces_itself() {
    scenario(|| {
        let recorder = Recorder::new();
        trace::set(Relay(recorder.clone()));
        // Making a loop makes system calls.
        let lp = new_loop();
        assert!(trace::take().is_some());
        assert!(!recorder.events().is_empty());
        assert!(
            recorder.events()[0].seq > 0,
            "the first went to the one before"
        );
        end(lp);
    });
}
