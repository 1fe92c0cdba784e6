//! Hundreds of timers are due in one phase, so many that they are taken out of the heap together. Their callbacks stop, start and replace one another, and
//! panic; or the host takes the thread back after each. Whatever happens, each that is still due is called, once, and in order.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Ctx, Loop, RunMode, Timer};

use crate::common::{Seen, close_all, end, new_loop, scenario};

const TIMERS: usize = 600;
const HOUR: u64 = 3_600_000_000_000;

/// What a timer's callback does when it is called first, and to which timer.
#[derive(Clone, Copy, Debug)]
enum Deed {
    Nothing,
    Stop(usize),
    Start(usize, u64),
    Replace(usize),
    Panic,
}

/// Numbers that look random, the same ones each time.
fn noise(state: &mut u64) -> usize {
    *state = state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*state >> 33) as usize
}

fn deeds(state: &mut u64) -> Vec<Deed> {
    let one = |_| {
        let on = noise(state) % TIMERS;
        match noise(state) % 16 {
            0..4 => Deed::Stop(on),
            4..6 => Deed::Start(on, 0),
            6 => Deed::Start(on, 1),
            7..9 => Deed::Start(on, HOUR),
            9..12 => Deed::Replace(on),
            12 if on.is_multiple_of(8) => Deed::Panic,
            _ => Deed::Nothing,
        }
    };
    (0..TIMERS).map(one).collect()
}

/// What is to come: which timer waits for when, in order of deadline and start.
#[derive(Default)]
struct Model {
    now: u64,
    starts: u64,
    waiting: BTreeMap<(u64, u64), usize>,
    places: Vec<Option<(u64, u64)>>,
    done: Vec<bool>,
}

impl Model {
    fn stop(&mut self, at: usize) {
        if let Some(place) = self.places[at].take() {
            self.waiting.remove(&place);
        }
    }

    fn start(&mut self, at: usize, timeout: u64) {
        self.stop(at);
        let place = (self.now + timeout, self.starts);
        self.starts += 1;
        self.waiting.insert(place, at);
        self.places[at] = Some(place);
    }

    /// A timers phase: whom it calls. A panic ends it; what was due is due in the next one, too.
    fn phase(&mut self, now: u64, deeds: &[Deed]) -> Vec<usize> {
        self.now = now;
        let due = self.waiting.range(..=(now, u64::MAX));
        let due: Vec<_> = due.map(|(place, at)| (*place, *at)).collect();
        let mut called = Vec::new();
        for (place, at) in due {
            if self.places[at] != Some(place) {
                continue;
            }
            self.stop(at);
            called.push(at);
            if std::mem::replace(&mut self.done[at], true) {
                continue;
            }
            match deeds[at] {
                Deed::Nothing => {}
                Deed::Stop(on) | Deed::Replace(on) => self.stop(on),
                Deed::Start(on, timeout) => self.start(on, timeout),
                Deed::Panic => break,
            }
        }
        called
    }
}

struct Shared {
    timers: Vec<Timer>,
    deeds: Vec<Deed>,
    done: Vec<bool>,
    called: Vec<usize>,
}

fn start(cx: &mut Ctx, shared: &Rc<RefCell<Shared>>, at: usize, timeout: u64) {
    let (timer, of) = (shared.borrow().timers[at], shared.clone());
    let timeout = Duration::from_nanos(timeout);
    let called = move |cx: &mut Ctx, _| call(cx, &of, at);
    timer.start(cx, timeout, Duration::ZERO, called).unwrap();
}

fn call(cx: &mut Ctx, shared: &Rc<RefCell<Shared>>, at: usize) {
    let deed = {
        let shared = &mut *shared.borrow_mut();
        shared.called.push(at);
        match std::mem::replace(&mut shared.done[at], true) {
            true => Deed::Nothing,
            false => shared.deeds[at],
        }
    };
    match deed {
        Deed::Nothing => {}
        Deed::Stop(on) => {
            let timer = shared.borrow().timers[on];
            timer.stop(cx).unwrap();
            assert!(!cx.is_active(timer));
        }
        Deed::Start(on, timeout) => start(cx, shared, on, timeout),
        Deed::Replace(on) => {
            let timer = shared.borrow().timers[on];
            cx.close(timer, |_| ()).unwrap();
            let other = Timer::new(cx);
            shared.borrow_mut().timers[on] = other;
        }
        Deed::Panic => panic!("on purpose"),
    }
}

/// Turns the loop until nothing is due for an hour, and compares what is called in each phase. Returns how many of them ended with a panic.
fn compare(seed: u64) -> usize {
    let mut state = seed;
    let mut lp = new_loop();
    let timers = (0..TIMERS).map(|_| Timer::new(&mut lp)).collect();
    let shared = Rc::new(RefCell::new(Shared {
        timers,
        deeds: deeds(&mut state),
        done: vec![false; TIMERS],
        called: Vec::new(),
    }));
    let mut model = Model {
        now: lp.now().as_nanos() as u64,
        places: vec![None; TIMERS],
        done: vec![false; TIMERS],
        ..Model::default()
    };
    for _ in 0..2 * TIMERS {
        let (at, timeout) = (noise(&mut state) % TIMERS, noise(&mut state) % 50 * 1_000);
        start(&mut lp, &shared, at, timeout as u64);
        model.start(at, timeout as u64);
    }
    let begin = lp.now();
    while lp.now() < begin + Duration::from_micros(100) {
        lp.update_time();
    }
    let (mut phases, mut panics, mut most) = (0, 0, 0);
    while model
        .waiting
        .keys()
        .any(|place| place.0 < model.now + HOUR / 2)
    {
        panics += usize::from(catch_unwind(AssertUnwindSafe(|| lp.run(RunMode::NoWait))).is_err());
        let called = std::mem::take(&mut shared.borrow_mut().called);
        let expected = model.phase(lp.now().as_nanos() as u64, &shared.borrow().deeds);
        assert_eq!(called, expected, "seed {seed}, phase {phases}");
        let next = model.waiting.first_key_value().map(|(place, _)| place.0);
        assert_eq!(lp.next_deadline(), next.map(Duration::from_nanos));
        (phases, most) = (phases + 1, most.max(called.len()));
    }
    assert!(most > 20, "it is about many in one phase");
    close_all(&mut lp);
    lp.run(RunMode::Default).unwrap();
    end(lp);
    panics
}

#[test]
fn they_change_one_another() {
    scenario(|| {
        let panics: usize = (1..20).map(compare).sum();
        assert!(panics > 0, "some panic");
    });
}

/// So many timers, all due at once, each of which says its number.
fn due(lp: &mut Loop, seen: &Seen<usize>) -> Vec<Timer> {
    let timers: Vec<Timer> = (0..TIMERS).map(|_| Timer::new(lp)).collect();
    for (number, timer) in timers.iter().enumerate() {
        let seen = seen.clone();
        timer
            .start(lp, Duration::ZERO, Duration::ZERO, move |_, _| {
                seen.add(number);
            })
            .unwrap();
    }
    timers
}

#[test]
fn cut_short_after_each() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timers = due(&mut lp, &seen);
        let deadline = lp.next_deadline();
        let mut expected = Vec::new();
        for (number, &timer) in timers.iter().enumerate() {
            // They wait until they are called, and keep the loop alive; the host is told that there is more to do at once.
            assert!(lp.alive() && lp.is_active(timer));
            assert_eq!(lp.next_deadline(), deadline);
            assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
            match number % 4 {
                // What happens between two calls counts as well as what happens in a callback.
                0 => timer.stop(&mut lp).unwrap(),
                1 => lp.close(timer, |_| ()).unwrap(),
                _ => {
                    while seen.is_empty() {
                        lp.run_for(Duration::ZERO).unwrap();
                    }
                    assert_eq!(seen.take(), [number]);
                    expected.push(number);
                }
            }
        }
        assert_eq!(expected.len(), TIMERS / 2);
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        assert_eq!(seen.len(), 0);
        end(lp);
    });
}

#[test]
fn what_is_started_meanwhile_comes_behind_what_was_cut_short() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        due(&mut lp, &seen);
        while seen.is_empty() {
            lp.run_for(Duration::ZERO).unwrap();
        }
        let (late, last) = (Timer::new(&mut lp), seen.clone());
        late.start(&mut lp, Duration::ZERO, Duration::ZERO, move |_, _| {
            last.add(TIMERS);
        })
        .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(seen.all().into_iter().eq(0..=TIMERS));
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
