//! Wake-ups and turns of mio, which has no timers.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use mio::{Events, Poll, Token, Waker};

use crate::error::{Result, error};
use crate::jobs::{self, Assignment, Job, Pings, Senders};

pub(crate) fn work(assignment: &Assignment) -> Result<Vec<f64>> {
    let mut poll = Poll::new()?;
    let mut events = Events::with_capacity(1024);
    let waker = Arc::new(Waker::new(poll.registry(), Token(0))?);
    // What is sent is lost with the waker, so it must not go with the last thread.
    let kept = waker.clone();
    let wake = move || waker.wake().expect("the poll is there");
    let numbers = match assignment.job {
        Job::Wakeups => {
            let senders = Senders::start(assignment, wake);
            let left = senders.left();
            while left.load(Ordering::Acquire) > 0 {
                poll.poll(&mut events, None)?;
            }
            senders.rate()
        }
        Job::Latency => {
            let pings = Pings::new();
            let thread = pings.start(assignment, wake);
            loop {
                poll.poll(&mut events, None)?;
                if !events.is_empty() && pings.heard() {
                    break jobs::join(thread);
                }
            }
        }
        Job::Turns => {
            let begin = Instant::now();
            for _ in 0..assignment.count {
                poll.poll(&mut events, Some(Duration::ZERO))?;
            }
            Ok(vec![jobs::each(begin, assignment.count)])
        }
        Job::Timers | Job::Timeouts | Job::Hooks => Err(error("mio has none")),
    };
    drop(kept);
    numbers
}
