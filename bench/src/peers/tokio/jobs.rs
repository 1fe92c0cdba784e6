//! Timers and wake-ups of tokio.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::Poll;
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::time::{Sleep, sleep};

use crate::error::{Result, error};
use crate::jobs::{self, Assignment, Job, Pings, Senders, TimerTimes};

pub(crate) fn work(assignment: &Assignment) -> Result<Vec<f64>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match assignment.job {
            Job::Timers => timers(assignment.count).await,
            Job::Timeouts => timeouts(assignment.count).await,
            Job::Wakeups => wakeups(assignment).await,
            Job::Latency => latency(assignment).await,
            Job::Turns => turns(assignment.count).await,
            Job::Hooks => Err(error("tokio has no hooks")),
        }
    })
}

/// A timer that has been started: until it is polled it is not.
async fn started(ms: u64) -> Pin<Box<Sleep>> {
    let mut timer = Box::pin(sleep(Duration::from_millis(ms)));
    poll_fn(|cx| {
        let _ = timer.as_mut().poll(cx);
        Poll::Ready(())
    })
    .await;
    timer
}

async fn timers(count: usize) -> Result<Vec<f64>> {
    let mut times = TimerTimes::new();
    for _ in 0..TimerTimes::passes(count) {
        let mut timers = Vec::with_capacity(count);
        let begin = Instant::now();
        for number in 0..count {
            timers.push(Some(started(jobs::duration_ms(number)).await));
        }
        let start = jobs::each(begin, count);
        let begin = Instant::now();
        for timer in timers.iter_mut().step_by(2) {
            *timer = None;
        }
        let stop = jobs::each(begin, count / 2);
        jobs::sleep_until_due();
        let begin = Instant::now();
        for timer in timers.iter_mut().flatten() {
            timer.await;
            jobs::fired();
        }
        times.add(start, stop, jobs::each(begin, count / 2));
    }
    Ok(times.numbers())
}

async fn timeouts(count: usize) -> Result<Vec<f64>> {
    let mut timers = Vec::with_capacity(count);
    for _ in 0..count {
        timers.push(started(jobs::TIMEOUT_MS).await);
    }
    let begin = Instant::now();
    for _ in 0..jobs::REFRESHES {
        let due = tokio::time::Instant::now() + Duration::from_millis(jobs::TIMEOUT_MS);
        for timer in &mut timers {
            timer.as_mut().reset(due);
        }
    }
    Ok(vec![jobs::each(begin, count * jobs::REFRESHES)])
}

async fn wakeups(assignment: &Assignment) -> Result<Vec<f64>> {
    let notify = Arc::new(Notify::new());
    let sender = notify.clone();
    let senders = Senders::start(assignment, move || sender.notify_one());
    let left = senders.left();
    while left.load(Ordering::Acquire) > 0 {
        notify.notified().await;
    }
    senders.rate()
}

async fn latency(assignment: &Assignment) -> Result<Vec<f64>> {
    let notify = Arc::new(Notify::new());
    let sender = notify.clone();
    let pings = Pings::new();
    let thread = pings.start(assignment, move || sender.notify_one());
    loop {
        notify.notified().await;
        if pings.heard() {
            return jobs::join(thread);
        }
    }
}

/// What a turn is to tokio: everyone else has had a chance to run, and the kernel was asked.
async fn turns(count: usize) -> Result<Vec<f64>> {
    let _far = started(1_000_000).await;
    let begin = Instant::now();
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
    Ok(vec![jobs::each(begin, count)])
}
