//! `on_change` is called for what changes how long the host may sleep, or what it has to watch, outside a turn; never in a turn.

use std::cell::Cell;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Check, Idle, Interest, Loop, Poll, RunMode, Timer};

use crate::common::{close_all, end, fed, new_loop, scenario};

#[test]
fn on_change_tells_what_changed_outside() {
    scenario(|| {
        let mut lp = new_loop();
        let changes = Rc::new(Cell::new(0));
        let counted = changes.clone();
        lp.on_change(Some(Box::new(move || counted.set(counted.get() + 1))));
        let changed = |what: &str| assert!(changes.replace(0) > 0, "{what} was not told");
        let unchanged = |what: &str| assert_eq!(changes.get(), 0, "{what} was told");
        let hour = Duration::from_secs(3600);
        let (one, _other) = UnixStream::pair().unwrap();

        let timer = Timer::new(&mut lp);
        let idle = Idle::new(&mut lp);
        let poll = Poll::new(&mut lp, &one).unwrap();
        unchanged("a handle that does nothing");
        timer.start(&mut lp, hour, hour, |_, _| ()).unwrap();
        changed("start of a timer");
        timer.start(&mut lp, hour / 2, hour, |_, _| ()).unwrap();
        changed("start of a started timer");
        timer.again(&mut lp).unwrap();
        changed("again");
        timer.stop(&mut lp).unwrap();
        changed("stop of a timer");
        lp.unref(timer).unwrap();
        timer.start(&mut lp, hour, hour, |_, _| ()).unwrap();
        changed("start of an unreferenced timer");
        lp.ref_(timer).unwrap();
        changed("ref");
        lp.unref(timer).unwrap();
        changed("unref");
        lp.begin_request();
        changed("a request");
        timer.stop(&mut lp).unwrap();
        changed("stop of an unreferenced timer");
        idle.start(&mut lp, |_, _| ()).unwrap();
        changed("start of an idle handle");
        idle.stop(&mut lp).unwrap();
        changed("stop of an idle handle");
        lp.unref(idle).unwrap();
        changes.set(0);
        idle.start(&mut lp, |_, _| ()).unwrap();
        changed("start of an unreferenced idle handle");
        assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
        idle.stop(&mut lp).unwrap();
        changed("stop of an unreferenced idle handle");
        assert_eq!(lp.backend_timeout(), None);
        poll.start(&mut lp, Interest::READABLE, |_, _, _| ())
            .unwrap();
        changed("start of a poll handle");
        poll.start(&mut lp, Interest::WRITABLE, |_, _, _| ())
            .unwrap();
        changed("another interest");
        poll.stop(&mut lp).unwrap();
        changed("stop of a poll handle");
        let handle = fed(&mut lp, |_, _| ());
        changes.set(0);
        lp.feed(handle).unwrap();
        changed("feed");
        lp.feed(handle).unwrap();
        unchanged("a second feed");
        lp.stop();
        changed("the loop's stop");
        lp.close(timer, |_| ()).unwrap();
        changed("close");
        lp.end_request().unwrap();
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn on_change_is_quiet_in_a_turn() {
    scenario(|| {
        let mut lp = new_loop();
        let check = Check::new(&mut lp);
        check
            .start(&mut lp, |cx, _| {
                let timer = Timer::new(cx);
                timer
                    .start(cx, Duration::ZERO, Duration::ZERO, |_, _| ())
                    .unwrap();
                let handle = fed(cx, |_, _| ());
                cx.feed(handle).unwrap();
                cx.stop();
                close_all(cx);
            })
            .unwrap();
        lp.on_change(Some(Box::new(|| {
            panic!("told of what the host sees anyway")
        })));
        let run_all = |lp: &mut Loop| {
            lp.run(RunMode::NoWait).unwrap();
            lp.run_for(Duration::ZERO).unwrap();
            lp.poll(Some(Duration::ZERO)).unwrap();
            lp.dispatch().unwrap();
        };
        run_all(&mut lp);
        lp.on_change(None);
        close_all(&mut lp);
        run_all(&mut lp);
        end(lp);
    });
}
