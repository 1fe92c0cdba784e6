//! Wake-ups and turns of a bare loop: an eventfd, and nothing that would keep two sends from being two calls.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};

use crate::error::{Result, error};
use crate::jobs::{self, Assignment, Job, Pings, Senders};

pub(crate) fn work(assignment: &Assignment) -> Result<Vec<f64>> {
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    let event = Arc::new(eventfd(0, EventfdFlags::NONBLOCK)?);
    epoll::add(
        &epoll,
        &*event,
        EventData::new_u64(0),
        EventFlags::IN | EventFlags::ET,
    )?;
    // What is sent is lost with the descriptor, so it must not go with the last thread.
    let kept = event.clone();
    let wake = move || {
        rustix::io::write(&*event, &1u64.to_ne_bytes()).expect("nobody fills it up");
    };
    let mut events = Vec::with_capacity(1024);
    let mut turn = |timeout: Option<&Timespec>| {
        events.clear();
        epoll::wait(&epoll, spare_capacity(&mut events), timeout)
    };
    let numbers = match assignment.job {
        Job::Wakeups => {
            let senders = Senders::start(assignment, wake);
            let left = senders.left();
            while left.load(Ordering::Acquire) > 0 {
                turn(None)?;
            }
            senders.rate()
        }
        Job::Latency => {
            let pings = Pings::new();
            let thread = pings.start(assignment, wake);
            loop {
                if turn(None)? > 0 && pings.heard() {
                    break jobs::join(thread);
                }
            }
        }
        Job::Turns => {
            let zero = Timespec::default();
            let begin = Instant::now();
            for _ in 0..assignment.count {
                turn(Some(&zero))?;
            }
            Ok(vec![jobs::each(begin, assignment.count)])
        }
        Job::Timers | Job::Timeouts | Job::Hooks => Err(error("a bare loop has none")),
    };
    drop(kept);
    numbers
}
