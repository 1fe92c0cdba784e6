//! Timers against the plainest model there is of libuv's: an ordered map from deadline and start number to timer. Random operations,
//! from outside and from timers' callbacks, with deadlines that pass and that do not; after each, both agree on which timers
//! fired, in which order, on which are due when; and, whenever asked, on when the loop has to wake.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;

use proptest::prelude::*;
use uvox_loop::{Ctx, RunMode, Timer};

use crate::common::{close_all, end, new_loop, scenario};

const TIMERS: usize = 6;
const HOUR: u64 = 3_600_000_000_000;

#[derive(Clone, Debug)]
enum Op {
    Start {
        at: usize,
        timeout: u64,
        repeat: u64,
    },
    /// Starts it over many times, each for a little earlier: every start but the last is void.
    Advance {
        at: usize,
        count: u64,
    },
    /// Starts it over many times, each for a little later.
    PutOff {
        at: usize,
        count: u64,
    },
    Stop {
        at: usize,
    },
    Again {
        at: usize,
    },
    SetRepeat {
        at: usize,
        repeat: u64,
    },
    /// Closes it; another timer takes its place, and likely its slot.
    Replace {
        at: usize,
    },
    /// The next time it fires, its callback does this.
    WhenFired {
        at: usize,
        op: Box<Op>,
    },
    /// Asks the loop when it has to wake. Not done every time, because it tidies the heap.
    Ask,
    /// A turn of the loop, without waiting.
    Turn,
    /// A turn that waits, unless there are hours to wait for.
    Wait,
}

fn times() -> impl Strategy<Value = u64> {
    prop_oneof![
        2 => Just(0),
        2 => 1..100u64,
        3 => (1..4u64).prop_map(|n| n * 50_000),
        1 => 500_000..1_000_000u64,
        2 => (1..4u64).prop_map(|n| n * HOUR),
        1 => Just(u64::MAX),
    ]
}

fn ops() -> impl Strategy<Value = Op> {
    let at = 0..TIMERS;
    let repeats = || prop_oneof![3 => Just(0), 1 => 1..200_000u64, 1 => Just(HOUR)];
    let on_one = prop_oneof![
        6 => (at.clone(), times(), repeats())
            .prop_map(|(at, timeout, repeat)| Op::Start { at, timeout, repeat }),
        1 => (at.clone(), 1..90u64).prop_map(|(at, count)| Op::Advance { at, count }),
        1 => (at.clone(), 1..90u64).prop_map(|(at, count)| Op::PutOff { at, count }),
        3 => at.clone().prop_map(|at| Op::Stop { at }),
        3 => at.clone().prop_map(|at| Op::Again { at }),
        1 => (at.clone(), repeats()).prop_map(|(at, repeat)| Op::SetRepeat { at, repeat }),
        1 => at.clone().prop_map(|at| Op::Replace { at }),
    ]
    .boxed();
    let scripted = (at, on_one.clone()).prop_map(|(at, op)| Op::WhenFired {
        at,
        op: Box::new(op),
    });
    prop_oneof![8 => on_one, 3 => scripted, 2 => Just(Op::Ask), 3 => Just(Op::Turn), 2 => Just(Op::Wait)]
}

/// What both sides implement: operations on timers, given by their place.
trait Timers {
    fn start(&mut self, at: usize, timeout: u64, repeat: u64);
    fn stop(&mut self, at: usize);
    fn again(&mut self, at: usize);
    fn set_repeat(&mut self, at: usize, repeat: u64);
    fn replace(&mut self, at: usize);

    fn apply(&mut self, op: &Op) {
        match *op {
            Op::Start {
                at,
                timeout,
                repeat,
            } => self.start(at, timeout, repeat),
            Op::Advance { at, count } => {
                for i in 0..count {
                    self.start(at, 2 * HOUR - i * 1_000, 0);
                }
            }
            Op::PutOff { at, count } => {
                for i in 0..count {
                    self.start(at, HOUR + i * 1_000, 0);
                }
            }
            Op::Stop { at } => self.stop(at),
            Op::Again { at } => self.again(at),
            Op::SetRepeat { at, repeat } => self.set_repeat(at, repeat),
            Op::Replace { at } => self.replace(at),
            Op::WhenFired { .. } | Op::Ask | Op::Turn | Op::Wait => {
                unreachable!("not for timers to do")
            }
        }
    }
}

#[derive(Default)]
struct Model {
    now: u64,
    starts: u64,
    waiting: BTreeMap<(u64, u64), usize>,
    timers: [ModelTimer; TIMERS],
}

#[derive(Default)]
struct ModelTimer {
    /// Its place in `waiting`.
    started: Option<(u64, u64)>,
    repeat: u64,
    ever_started: bool,
}

impl Timers for Model {
    fn start(&mut self, at: usize, timeout: u64, repeat: u64) {
        self.stop(at);
        let place = (self.now.saturating_add(timeout), self.starts);
        self.starts += 1;
        self.waiting.insert(place, at);
        self.timers[at] = ModelTimer {
            started: Some(place),
            repeat,
            ever_started: true,
        };
    }

    fn stop(&mut self, at: usize) {
        if let Some(place) = self.timers[at].started.take() {
            self.waiting.remove(&place);
        }
    }

    fn again(&mut self, at: usize) {
        let repeat = self.timers[at].repeat;
        if self.timers[at].ever_started && repeat > 0 {
            self.start(at, repeat, repeat);
        }
    }

    fn set_repeat(&mut self, at: usize, repeat: u64) {
        self.timers[at].repeat = repeat;
    }

    fn replace(&mut self, at: usize) {
        self.stop(at);
        self.timers[at] = ModelTimer::default();
    }
}

impl Model {
    /// The timers phase: what is due when it begins fires, unless an earlier one stops it or starts it over.
    fn fire(&mut self, now: u64, scripts: &mut Scripts) -> Vec<usize> {
        self.now = now;
        let due: Vec<_> = self
            .waiting
            .range(..=(now, u64::MAX))
            .map(|(k, v)| (*k, *v))
            .collect();
        let mut fired = Vec::new();
        for (place, at) in due {
            if self.timers[at].started != Some(place) {
                continue;
            }
            self.stop(at);
            self.again(at);
            fired.push(at);
            if let Some(op) = scripts[at].pop_front() {
                self.apply(&op);
            }
        }
        fired
    }
}

/// For each place, what its timer's next callbacks are to do.
type Scripts = [VecDeque<Op>; TIMERS];

/// What callbacks share.
#[derive(Default)]
struct Shared {
    timers: Vec<Timer>,
    scripts: Scripts,
    fired: Vec<usize>,
}

/// The loop's own timers.
struct Real<'a> {
    cx: &'a mut Ctx,
    shared: &'a Rc<RefCell<Shared>>,
}

impl Real<'_> {
    fn timer(&self, at: usize) -> Timer {
        self.shared.borrow().timers[at]
    }
}

impl Timers for Real<'_> {
    fn start(&mut self, at: usize, timeout: u64, repeat: u64) {
        let shared = self.shared.clone();
        let (timeout, repeat) = (Duration::from_nanos(timeout), Duration::from_nanos(repeat));
        self.timer(at)
            .start(self.cx, timeout, repeat, move |cx, _| {
                shared.borrow_mut().fired.push(at);
                let script = shared.borrow_mut().scripts[at].pop_front();
                if let Some(op) = script {
                    Real {
                        cx,
                        shared: &shared,
                    }
                    .apply(&op);
                }
            })
            .unwrap();
    }

    fn stop(&mut self, at: usize) {
        self.timer(at).stop(self.cx).unwrap();
    }

    fn again(&mut self, at: usize) {
        // Fails if it was never started; the model knows when.
        let _ = self.timer(at).again(self.cx);
    }

    fn set_repeat(&mut self, at: usize, repeat: u64) {
        self.timer(at)
            .set_repeat(self.cx, Duration::from_nanos(repeat))
            .unwrap();
    }

    fn replace(&mut self, at: usize) {
        self.cx.close(self.timer(at), |_| ()).unwrap();
        self.shared.borrow_mut().timers[at] = Timer::new(self.cx);
    }
}

fn compare(ops: Vec<Op>) -> Result<(), TestCaseError> {
    let mut lp = new_loop();
    let shared = Rc::new(RefCell::new(Shared::default()));
    shared.borrow_mut().timers = (0..TIMERS).map(|_| Timer::new(&mut lp)).collect();
    let mut model = Model {
        now: lp.now().as_nanos() as u64,
        ..Model::default()
    };
    let mut scripts = Scripts::default();
    for op in ops {
        match op {
            Op::WhenFired { at, op } => {
                shared.borrow_mut().scripts[at].push_back((*op).clone());
                scripts[at].push_back(*op);
            }
            Op::Turn | Op::Wait => {
                let near = model
                    .waiting
                    .first_key_value()
                    .is_some_and(|(k, _)| k.0 < model.now + HOUR / 2);
                let waits = near && matches!(op, Op::Wait);
                lp.run(if waits {
                    RunMode::Once
                } else {
                    RunMode::NoWait
                })
                .unwrap();
                let fired = model.fire(lp.now().as_nanos() as u64, &mut scripts);
                prop_assert_eq!(std::mem::take(&mut shared.borrow_mut().fired), fired);
            }
            Op::Ask => {
                let next = model.waiting.first_key_value().map(|(place, _)| place.0);
                prop_assert_eq!(lp.next_deadline(), next.map(Duration::from_nanos));
            }
            op => {
                Real {
                    cx: &mut lp,
                    shared: &shared,
                }
                .apply(&op);
                model.apply(&op);
            }
        }
        // All that can be asked of timers.
        for (at, timer) in shared.borrow().timers.iter().enumerate() {
            let expected = model.timers[at].started;
            let due_in =
                expected.map(|(due, _)| Duration::from_nanos(due.saturating_sub(model.now)));
            prop_assert_eq!(timer.due_in(&lp), due_in);
            prop_assert_eq!(lp.is_active(*timer), expected.is_some());
            let repeat = Duration::from_nanos(model.timers[at].repeat);
            prop_assert_eq!(timer.repeat(&lp), Some(repeat));
        }
    }
    close_all(&mut lp);
    lp.run(RunMode::Default).unwrap();
    end(lp);
    Ok(())
}

#[test]
fn as_a_naive_model_says() {
    scenario(|| {
        let config = ProptestConfig::with_cases(300);
        proptest!(config, |(ops in prop::collection::vec(ops(), 1..120))| compare(ops)?);
    });
}
