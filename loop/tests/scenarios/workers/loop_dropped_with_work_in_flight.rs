//! A loop that is dropped drops what has not begun, on its own thread, and does not wait for what runs. Nobody is called back.

use std::sync::mpsc;
use std::thread::{self, ThreadId};

use uvox_loop::Loop;

use crate::common::scenario;

struct TellWhenDropped(mpsc::Sender<(&'static str, ThreadId)>, &'static str);

impl TellWhenDropped {
    fn unexpected<T>(self) -> T {
        panic!("called: {}", self.1)
    }
}

impl Drop for TellWhenDropped {
    fn drop(&mut self) {
        self.0.send((self.1, thread::current().id())).unwrap();
    }
}

#[test]
fn loop_dropped_with_work_in_flight() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let (tell, told) = mpsc::channel();
        let token = |what| TellWhenDropped(tell.clone(), what);
        let (running, runs) = mpsc::channel();
        let (let_go, wait) = mpsc::channel::<()>();

        let (result, captured) = (token("result"), token("done of running"));
        lp.queue_work(
            move || {
                running.send(()).unwrap();
                wait.recv().unwrap();
                result
            },
            move |_, _| captured.unexpected(),
        )
        .unwrap();
        runs.recv().unwrap();
        let (work, done) = (token("queued"), token("done of queued"));
        lp.queue_work(|| work.unexpected::<()>(), |_, _| done.unexpected())
            .unwrap();
        let (work, done) = (token("queued"), token("done of queued"));
        lp.queue_slow_work(|| work.unexpected::<()>(), |_, _| done.unexpected())
            .unwrap();

        let here = thread::current().id();
        drop(lp);
        // The work still runs, for we have not let it go.
        let mut dropped: Vec<_> = told.try_iter().collect();
        dropped.sort_unstable_by_key(|(what, _)| *what);
        let expected = [
            ("done of queued", here),
            ("done of queued", here),
            ("done of running", here),
            ("queued", here),
            ("queued", here),
        ];
        assert_eq!(dropped, expected);

        let_go.send(()).unwrap();
        let (what, thread) = told.recv().unwrap();
        assert_eq!(what, "result");
        assert_ne!(thread, here);
    });
}

#[test]
fn what_is_finished_is_dropped_too() {
    scenario(|| {
        let mut lp = Loop::builder().worker_threads(1).build().unwrap();
        let (tell, told) = mpsc::channel();
        let token = TellWhenDropped(tell, "result");
        lp.queue_work(move || token, |_, _| panic!("called back"))
            .unwrap();
        let (last, finished) = mpsc::channel();
        let (let_go, wait) = mpsc::channel::<()>();
        lp.queue_work(
            move || {
                last.send(()).unwrap();
                wait.recv().is_ok()
            },
            |_, _| panic!("called back"),
        )
        .unwrap();
        finished.recv().unwrap();
        drop(lp);
        assert_eq!(told.try_recv(), Ok(("result", thread::current().id())));
        drop(let_go);
    });
}
