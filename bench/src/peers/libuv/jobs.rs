//! Timers, wake-ups and turns of libuv.

use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use libuv_sys2 as uv;

use super::check;
use crate::error::Result;
use crate::jobs::{self, Assignment, Job, Pings, Senders, TimerTimes};

pub(crate) fn work(assignment: &Assignment) -> Result<Vec<f64>> {
    // SAFETY: the default loop is there from now on, and only this thread uses it.
    let lp = unsafe { uv::uv_default_loop() };
    match assignment.job {
        Job::Timers => timers(lp, assignment.count),
        Job::Timeouts => timeouts(lp, assignment.count),
        Job::Wakeups => wakeups(lp, assignment),
        Job::Latency => latency(lp, assignment),
        Job::Turns => turns(lp, assignment.count),
        Job::Hooks => hooks(lp, assignment.count),
    }
}

/// Room for handles, which stay where they are until the process ends.
fn room<T>(count: usize) -> &'static mut [MaybeUninit<T>] {
    Box::leak(Box::new_uninit_slice(count))
}

fn run_once(lp: *mut uv::uv_loop_t) {
    // SAFETY: the loop is this thread's, and does not run.
    unsafe { uv::uv_run(lp, uv::uv_run_mode_UV_RUN_NOWAIT) };
}

fn run(lp: *mut uv::uv_loop_t) {
    // SAFETY: the loop is this thread's, and does not run.
    unsafe { uv::uv_run(lp, uv::uv_run_mode_UV_RUN_DEFAULT) };
}

unsafe extern "C" fn on_timer(_: *mut uv::uv_timer_t) {
    jobs::fired();
}

fn timers(lp: *mut uv::uv_loop_t, count: usize) -> Result<Vec<f64>> {
    let mut times = TimerTimes::new();
    for _ in 0..TimerTimes::passes(count) {
        let timers = room::<uv::uv_timer_t>(count);
        // SAFETY: the loop is this thread's.
        unsafe { uv::uv_update_time(lp) };
        let begin = Instant::now();
        for (number, timer) in timers.iter_mut().enumerate() {
            // SAFETY: there is room for the handle, and it stays there.
            unsafe {
                uv::uv_timer_init(lp, timer.as_mut_ptr());
                let after = jobs::duration_ms(number);
                uv::uv_timer_start(timer.as_mut_ptr(), Some(on_timer), after, 0);
            }
        }
        let start = jobs::each(begin, count);
        let begin = Instant::now();
        for timer in timers.iter_mut().step_by(2) {
            // SAFETY: it was initialised.
            unsafe { uv::uv_timer_stop(timer.as_mut_ptr()) };
        }
        let stop = jobs::each(begin, count / 2);
        jobs::sleep_until_due();
        let fired = jobs::fired_so_far();
        let begin = Instant::now();
        while jobs::fired_so_far() < fired + count / 2 {
            run_once(lp);
        }
        times.add(start, stop, jobs::each(begin, count / 2));
        for timer in timers {
            // SAFETY: it was initialised, and is not closed yet.
            unsafe { uv::uv_close(timer.as_mut_ptr().cast(), None) };
        }
        run(lp);
    }
    Ok(times.numbers())
}

fn timeouts(lp: *mut uv::uv_loop_t, count: usize) -> Result<Vec<f64>> {
    let timers = room::<uv::uv_timer_t>(count);
    for timer in timers.iter_mut() {
        // SAFETY: there is room for the handle, and it stays there.
        unsafe {
            uv::uv_timer_init(lp, timer.as_mut_ptr());
            let time = jobs::TIMEOUT_MS;
            uv::uv_timer_start(timer.as_mut_ptr(), Some(on_timer), time, time);
        }
    }
    let begin = Instant::now();
    for _ in 0..jobs::REFRESHES {
        // SAFETY: the loop is this thread's.
        unsafe { uv::uv_update_time(lp) };
        for timer in timers.iter_mut() {
            // SAFETY: it was initialised.
            unsafe { uv::uv_timer_again(timer.as_mut_ptr()) };
        }
    }
    Ok(vec![jobs::each(begin, count * jobs::REFRESHES)])
}

/// The name of an async handle, for other threads.
#[derive(Clone, Copy)]
struct Sender(*mut uv::uv_async_t);

// SAFETY: `uv_async_send`, which is all that is done with it there, is for any thread.
unsafe impl Send for Sender {}

impl Sender {
    fn send(self) {
        // SAFETY: the handle is never freed; sending to one that is closed does nothing.
        unsafe { uv::uv_async_send(self.0) };
    }
}

/// An async handle that calls back with that data.
fn new_async(
    lp: *mut uv::uv_loop_t,
    callback: uv::uv_async_cb,
    data: *mut c_void,
) -> Result<Sender> {
    let handle = room::<uv::uv_async_t>(1)[0].as_mut_ptr();
    // SAFETY: there is room for the handle, and it stays there.
    unsafe {
        check(uv::uv_async_init(lp, handle, callback))?;
        (*handle).data = data;
    }
    Ok(Sender(handle))
}

unsafe extern "C" fn on_wakeup(handle: *mut uv::uv_async_t) {
    // SAFETY: `wakeups` put it there, and has not freed it. It is closed once.
    unsafe {
        let left = (*handle).data.cast::<Arc<AtomicUsize>>();
        let is_last = !left.is_null() && (*left).load(Ordering::Acquire) == 0;
        if is_last && uv::uv_is_closing(handle.cast()) == 0 {
            uv::uv_close(handle.cast(), None);
        }
    }
}

fn wakeups(lp: *mut uv::uv_loop_t, assignment: &Assignment) -> Result<Vec<f64>> {
    let sender = new_async(lp, Some(on_wakeup), ptr::null_mut())?;
    let senders = Senders::start(assignment, move || sender.send());
    let left = Box::leak(Box::new(senders.left()));
    // SAFETY: the handle was initialised, and only this thread reads its data.
    unsafe { (*sender.0).data = ptr::from_mut(left).cast() };
    run(lp);
    senders.rate()
}

unsafe extern "C" fn on_ping(handle: *mut uv::uv_async_t) {
    // SAFETY: `latency` put it there, and never frees it. It is closed once.
    unsafe {
        let pings = (*handle).data.cast::<Pings>();
        if (*pings).heard() && uv::uv_is_closing(handle.cast()) == 0 {
            uv::uv_close(handle.cast(), None);
        }
    }
}

fn latency(lp: *mut uv::uv_loop_t, assignment: &Assignment) -> Result<Vec<f64>> {
    let pings = Box::leak(Box::new(Pings::new()));
    let sender = new_async(lp, Some(on_ping), ptr::from_mut(pings).cast())?;
    let thread = pings.start(assignment, move || sender.send());
    run(lp);
    jobs::join(thread)
}

fn turns(lp: *mut uv::uv_loop_t, count: usize) -> Result<Vec<f64>> {
    let far = room::<uv::uv_timer_t>(1)[0].as_mut_ptr();
    // SAFETY: there is room for the handle, and it stays there.
    unsafe {
        uv::uv_timer_init(lp, far);
        uv::uv_timer_start(far, Some(on_timer), 1_000_000, 0);
    }
    let begin = Instant::now();
    for _ in 0..count {
        run_once(lp);
    }
    Ok(vec![jobs::each(begin, count)])
}

unsafe extern "C" fn on_idle(_: *mut uv::uv_idle_t) {
    jobs::fired();
}

unsafe extern "C" fn on_prepare(_: *mut uv::uv_prepare_t) {
    jobs::fired();
}

unsafe extern "C" fn on_check(_: *mut uv::uv_check_t) {
    jobs::fired();
}

fn hooks(lp: *mut uv::uv_loop_t, count: usize) -> Result<Vec<f64>> {
    let idles = room::<uv::uv_idle_t>(jobs::HOOKS);
    let prepares = room::<uv::uv_prepare_t>(jobs::HOOKS);
    let checks = room::<uv::uv_check_t>(jobs::HOOKS);
    for ((idle, prepare), check) in idles.iter_mut().zip(prepares).zip(checks) {
        // SAFETY: there is room for the handles, and they stay there.
        unsafe {
            uv::uv_idle_init(lp, idle.as_mut_ptr());
            uv::uv_idle_start(idle.as_mut_ptr(), Some(on_idle));
            uv::uv_prepare_init(lp, prepare.as_mut_ptr());
            uv::uv_prepare_start(prepare.as_mut_ptr(), Some(on_prepare));
            uv::uv_check_init(lp, check.as_mut_ptr());
            uv::uv_check_start(check.as_mut_ptr(), Some(on_check));
        }
    }
    let begin = Instant::now();
    for _ in 0..count {
        run_once(lp);
    }
    Ok(vec![jobs::each(begin, count * jobs::HOOKS * 3)])
}
