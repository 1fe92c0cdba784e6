//! A tracer that makes calls of its own, which are not traced, and one that panics, which loses its place and harms nobody.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::trace::{self, Event, Layer, Recorder, Tracer};
use uvox_loop::{Loop, RunMode, Timer, emit, sys};

use crate::common::{Seen, close, end, new_loop, scenario};

struct Busy {
    own: Rc<RefCell<Loop>>,
    seen: Seen<(Layer, &'static str)>,
}

impl Tracer for Busy {
    fn event(&mut self, event: &Event) {
        self.seen.add((event.layer, event.name));
        // A system call, an event, and a whole loop.
        assert!(sys::descriptor_is_open(0) || !sys::descriptor_is_open(-1));
        emit!(Net, "of the tracer's own");
        let timer = Timer::new(&mut self.own.borrow_mut());
        close(&mut self.own.borrow_mut(), timer);
        self.own.borrow_mut().run(RunMode::NoWait).unwrap();
    }
}

fn run_a_timer(seen: &Seen) {
    let mut lp = new_loop();
    let timer = Timer::new(&mut lp);
    let fired = seen.clone();
    timer
        .start(&mut lp, Duration::ZERO, Duration::ZERO, move |cx, timer| {
            fired.add("fired");
            let closed = fired.clone();
            cx.close(timer, move |_| closed.add("closed")).unwrap();
        })
        .unwrap();
    assert!(!lp.run(RunMode::Default).unwrap());
    end(lp);
}

#[test]
fn a_tracer_that_makes_calls() {
    scenario(|| {
        let own = Rc::new(RefCell::new(new_loop()));
        let (seen, events) = (Seen::new(), Seen::new());
        trace::set(Busy {
            own: own.clone(),
            seen: events.clone(),
        });
        run_a_timer(&seen);
        drop(trace::take());
        assert_eq!(seen.all(), ["fired", "closed"]);
        let count = |layer, name| {
            let seen = events.all().into_iter();
            seen.filter(|event| *event == (layer, name)).count()
        };
        for name in ["timer.fire", "close", "closed"] {
            assert_eq!(count(Layer::Loop, name), 1, "{name}");
        }
        assert_eq!(count(Layer::Net, "of the tracer's own"), 0);
        end(Rc::into_inner(own).unwrap().into_inner());
    });
}

/// Panics at the n-th event.
struct Panicking {
    left: usize,
}

impl Tracer for Panicking {
    fn event(&mut self, event: &Event) {
        assert!(self.left > 0, "{} is one too many, on purpose", event.name);
        self.left -= 1;
    }
}

#[test]
fn a_tracer_that_panics() {
    scenario(|| {
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        run_a_timer(&Seen::new());
        trace::take();
        // Wherever it happens: between any two steps of the loop.
        let count = recorder.events().len();
        for events in 0..=count {
            let seen = Seen::new();
            trace::set(Panicking { left: events });
            run_a_timer(&seen);
            assert_eq!(seen.all(), ["fired", "closed"], "after {events} events");
            assert_eq!(trace::on(), events == count, "after {events} events");
            assert_eq!(trace::take().is_some(), events == count);
        }
    });
}
