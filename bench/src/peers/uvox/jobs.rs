//! Timers, wake-ups and turns of uvox.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use uvox::env::{self, Timeout};
use uvox_loop::{Async, Check, Idle, Loop, Prepare, RunMode, Timer};

use crate::error::Result;
use crate::jobs::{self, Assignment, Job, Pings, Senders, TimerTimes};
use crate::peers::Peer;

pub(crate) fn work(assignment: &Assignment) -> Result<Vec<f64>> {
    let count = assignment.count;
    match assignment.job {
        Job::Timers if assignment.peer == Peer::UvoxNet => env_timers(count),
        Job::Timers => timers(count),
        Job::Timeouts if assignment.peer == Peer::UvoxNet => env_timeouts(count),
        Job::Timeouts => timeouts(count),
        Job::Wakeups => wakeups(assignment),
        Job::Latency => latency(assignment),
        Job::Turns => turns(count),
        Job::Hooks => hooks(count),
    }
}

fn timers(count: usize) -> Result<Vec<f64>> {
    let mut lp = Loop::new()?;
    let mut times = TimerTimes::new();
    for _ in 0..TimerTimes::passes(count) {
        let mut timers = Vec::with_capacity(count);
        lp.update_time();
        let begin = Instant::now();
        for number in 0..count {
            let timer = Timer::new(&mut lp);
            let after = Duration::from_millis(jobs::duration_ms(number));
            timer.start(&mut lp, after, Duration::ZERO, |_, _| jobs::fired())?;
            timers.push(timer);
        }
        let start = jobs::each(begin, count);
        let begin = Instant::now();
        for timer in timers.iter().step_by(2) {
            timer.stop(&mut lp)?;
        }
        let stop = jobs::each(begin, count / 2);
        jobs::sleep_until_due();
        let fired = jobs::fired_so_far();
        let begin = Instant::now();
        while jobs::fired_so_far() < fired + count / 2 {
            lp.run(RunMode::NoWait)?;
        }
        times.add(start, stop, jobs::each(begin, count / 2));
        for timer in timers {
            lp.close(timer, |_| ())?;
        }
        lp.run(RunMode::Default)?;
    }
    Ok(times.numbers())
}

/// The same with `set_timeout`, as a Node programmer has it.
fn env_timers(count: usize) -> Result<Vec<f64>> {
    let mut lp = Loop::new()?;
    let mut times = TimerTimes::new();
    for _ in 0..TimerTimes::passes(count) {
        let mut timers = Vec::with_capacity(count);
        lp.update_time();
        let begin = Instant::now();
        for number in 0..count {
            let after = Duration::from_millis(jobs::duration_ms(number));
            timers.push(env::set_timeout(&mut lp, after, |_| jobs::fired()));
        }
        let start = jobs::each(begin, count);
        let begin = Instant::now();
        for timer in timers.iter().step_by(2) {
            timer.clear(&mut lp);
        }
        let stop = jobs::each(begin, count / 2);
        jobs::sleep_until_due();
        let fired = jobs::fired_so_far();
        let begin = Instant::now();
        while jobs::fired_so_far() < fired + count / 2 {
            lp.run(RunMode::NoWait)?;
        }
        times.add(start, stop, jobs::each(begin, count / 2));
        lp.run(RunMode::Default)?;
    }
    Ok(times.numbers())
}

fn timeouts(count: usize) -> Result<Vec<f64>> {
    let mut lp = Loop::new()?;
    let time = Duration::from_millis(jobs::TIMEOUT_MS);
    let mut timers = Vec::with_capacity(count);
    for _ in 0..count {
        let timer = Timer::new(&mut lp);
        timer.start(&mut lp, time, time, |_, _| jobs::fired())?;
        timers.push(timer);
    }
    let begin = Instant::now();
    for _ in 0..jobs::REFRESHES {
        lp.update_time();
        for timer in &timers {
            timer.again(&mut lp)?;
        }
    }
    Ok(vec![jobs::each(begin, count * jobs::REFRESHES)])
}

fn env_timeouts(count: usize) -> Result<Vec<f64>> {
    let mut lp = Loop::new()?;
    let time = Duration::from_millis(jobs::TIMEOUT_MS);
    let timeouts: Vec<Timeout> = (0..count)
        .map(|_| env::set_timeout(&mut lp, time, |_| jobs::fired()))
        .collect();
    let begin = Instant::now();
    for _ in 0..jobs::REFRESHES {
        lp.update_time();
        for timeout in &timeouts {
            timeout.refresh(&mut lp);
        }
    }
    Ok(vec![jobs::each(begin, count * jobs::REFRESHES)])
}

fn wakeups(assignment: &Assignment) -> Result<Vec<f64>> {
    let mut lp = Loop::new()?;
    let left = std::rc::Rc::new(std::cell::OnceCell::<std::sync::Arc<_>>::new());
    let seen = left.clone();
    let (_, sender) = Async::new(&mut lp, move |cx, wakeup| {
        let left: Option<&std::sync::Arc<std::sync::atomic::AtomicUsize>> = seen.get();
        if left.is_some_and(|left| left.load(Ordering::Acquire) == 0) {
            // The last sends may come when it is closing.
            let _ = cx.close(wakeup, |_| ());
        }
    });
    let senders = Senders::start(assignment, move || {
        let _ = sender.send();
    });
    let _ = left.set(senders.left());
    lp.run(RunMode::Default)?;
    senders.rate()
}

fn latency(assignment: &Assignment) -> Result<Vec<f64>> {
    let mut lp = Loop::new()?;
    let pings = Pings::new();
    let told = pings.clone();
    let (_, sender) = Async::new(&mut lp, move |cx, wakeup| {
        if told.heard() {
            let _ = cx.close(wakeup, |_| ());
        }
    });
    let thread = pings.start(assignment, move || {
        let _ = sender.send();
    });
    lp.run(RunMode::Default)?;
    jobs::join(thread)
}

fn turns(count: usize) -> Result<Vec<f64>> {
    let mut lp = Loop::new()?;
    let far = Timer::new(&mut lp);
    far.start(
        &mut lp,
        Duration::from_secs(1000),
        Duration::ZERO,
        |_, _| (),
    )?;
    let begin = Instant::now();
    for _ in 0..count {
        lp.run(RunMode::NoWait)?;
    }
    Ok(vec![jobs::each(begin, count)])
}

fn hooks(count: usize) -> Result<Vec<f64>> {
    let mut lp = Loop::new()?;
    for _ in 0..jobs::HOOKS {
        Idle::new(&mut lp).start(&mut lp, |_, _| jobs::fired())?;
        Prepare::new(&mut lp).start(&mut lp, |_, _| jobs::fired())?;
        Check::new(&mut lp).start(&mut lp, |_, _| jobs::fired())?;
    }
    let begin = Instant::now();
    for _ in 0..count {
        lp.run(RunMode::NoWait)?;
    }
    Ok(vec![jobs::each(begin, count * jobs::HOOKS * 3)])
}
