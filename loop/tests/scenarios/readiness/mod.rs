//! What a stream is told of its descriptor, and what it does with that: the same on every poller.

mod both_directions_at_once;
mod events_beyond_the_bound_come_in_later_turns;
mod full_run_queue_does_not_wait;
mod hang_up_of_a_pipe;
mod interest_can_change;
mod level_triggered_fires_until_drained;
mod new_descriptor_gets_no_stale_event;
mod pause_costs_no_system_call;
mod read_bound_requeues;
mod reported_again_after_eagain;
mod reset_is_an_error;
mod reused_number_gets_no_stale_event;
mod short_read_before_fin;
mod short_read_clears_readability;
mod two_busy_streams_alternate;
mod urgent_data_hides_nothing;
mod watched_when_the_loop_next_waits;
mod what_eagain_disproves;

pub(crate) mod probe;
pub(crate) mod stream;

use std::time::Duration;

use uvox_loop::trace::{Event, Layer, Recorder};
use uvox_loop::{Loop, RunMode, Timer};

/// Runs turns until something is the case; fails if the loop waits for it in vain.
pub(crate) fn until(lp: &mut Loop, mut is_so: impl FnMut(&mut Loop) -> bool) {
    let watchdog = Timer::new(lp);
    let patience = Duration::from_secs(20);
    watchdog
        .start(lp, patience, Duration::ZERO, |_, _| {
            panic!("the loop waited in vain")
        })
        .unwrap();
    while !is_so(lp) {
        lp.run(RunMode::Once).unwrap();
    }
    lp.close(watchdog, |_| ()).unwrap();
}

/// Runs turns that do not wait, until no event comes any more: what was reported is handled.
pub(crate) fn settle(lp: &mut Loop) {
    loop {
        let before = lp.metrics().events;
        lp.run(RunMode::NoWait).unwrap();
        let waits = lp.backend_timeout() != Some(Duration::ZERO);
        if lp.metrics().events == before && waits {
            return;
        }
    }
}

/// Whether an event is a system call by which the loop waits; its name depends on the poller.
fn is_wait(event: &Event) -> bool {
    ["epoll_wait", "epoll_pwait2", "kevent", "mio_poll", "poll"].contains(&event.name)
        && event.args.is_empty()
}

/// The system calls that were made, but for waiting.
pub(crate) fn calls(recorder: &Recorder) -> Vec<Event> {
    let mut calls = recorder.events();
    calls.retain(|event| event.layer == Layer::Sys && !is_wait(event));
    calls
}

/// How many system calls there were that registered a descriptor, or changed that.
pub(crate) fn registrations(recorder: &Recorder) -> usize {
    let names = [
        "epoll_ctl",
        "kevent",
        "mio_register",
        "mio_reregister",
        "mio_deregister",
    ];
    let calls = calls(recorder);
    calls
        .iter()
        .filter(|event| names.contains(&event.name))
        .count()
}
