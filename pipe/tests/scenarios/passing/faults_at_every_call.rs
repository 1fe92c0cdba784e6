//! Whatever the kernel answers to the calls that pass descriptors, each arrives once and in order, or its write is told of the error.

use std::cell::Cell;
use std::rc::Rc;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop};
use uvox_pipe::uv::Pipe;

use super::support::{keep_reading_and_taking, marked};
use crate::common::{Seen, close_and_end, ipc_pair, keep_reading, scenario, until};

const MESSAGES: u8 = 5;

type Told = Seen<(Result<(), Errno>, usize)>;

fn send(lp: &mut Loop, pipe: Pipe, number: u8, told: &Told) {
    let told = told.clone();
    let passed = [marked(number).into(), marked(number + 100).into()];
    pipe.write2(lp, &[number; 20], passed, move |_, _, written| {
        told.add((written.status, written.bytes));
    })
    .unwrap();
}

#[test]
fn faults_that_pass() {
    scenario(|| {
        let effects = [
            Effect::Fail(Errno::EINTR),
            Effect::Fail(Errno::EAGAIN),
            Effect::Short(1),
            Effect::Short(7),
        ];
        for name in ["sendmsg", "recvmsg"] {
            for effect in effects {
                for nth in 1..=u32::from(MESSAGES) {
                    let mut lp = Loop::new().unwrap();
                    let (one, other) = ipc_pair(&mut lp);
                    let (bytes, marks) = keep_reading_and_taking(&mut lp, other);
                    let faults = fault::plan([Fault::new(name, nth, effect)]);
                    let told = Told::new();
                    let mut expected = Vec::new();
                    // The last ones make the kernel speak again, if it was not believed before.
                    for number in 0..MESSAGES + 2 {
                        send(&mut lp, one, number, &told);
                        expected.extend([number, number + 100]);
                        let sent = expected.len() * 10;
                        until(&mut lp, |_| faults.left() == 0 || bytes.len() == sent);
                    }
                    // One that was not let out is, when there is room again: the kernel says so when something is read.
                    let total = expected.len() * 10;
                    until(&mut lp, |_| bytes.len() == total);
                    assert_eq!(faults.left(), 0, "{name} {effect:?} {nth}");
                    assert_eq!(marks.all(), expected, "{name} {effect:?} {nth}");
                    until(&mut lp, |_| told.len() == usize::from(MESSAGES) + 2);
                    assert!(told.all().iter().all(|told| *told == (Ok(()), 20)));
                    close_and_end(lp, &[one, other]);
                }
            }
        }
    });
}

#[test]
fn faults_that_last() {
    scenario(|| {
        for errno in [Errno::ECONNRESET, Errno::EPIPE, Errno::ETOOMANYREFS] {
            for queued in [false, true] {
                let mut lp = Loop::new().unwrap();
                let (one, other) = ipc_pair(&mut lp);
                let told = Told::new();
                let flooded = if queued {
                    super::support::flood(&mut lp, one)
                } else {
                    0
                };
                let faults = fault::plan([Fault::new("sendmsg", 1, Effect::Fail(errno))]);
                send(&mut lp, one, 1, &told);
                let (bytes, marks) = keep_reading_and_taking(&mut lp, other);
                until(&mut lp, |_| told.len() == 1);
                assert_eq!((told.all(), faults.left()), (vec![(Err(errno), 0)], 0));
                assert!(marks.is_empty());
                // Another may fare better.
                send(&mut lp, one, 2, &told);
                until(&mut lp, |_| bytes.len() == flooded + 20);
                assert_eq!(marks.all(), [2, 102]);
                close_and_end(lp, &[one, other]);
            }
        }
    });
}

#[test]
fn a_read_that_fails_leaves_what_came_before() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        let (bytes, errors) = keep_reading(&mut lp, *other);
        let told = Told::new();
        send(&mut lp, one, 1, &told);
        until(&mut lp, |_| bytes.len() == 20);
        let fail = Effect::Fail(Errno::ECONNRESET);
        let faults = fault::plan([Fault::new("recvmsg", 1, fail)]);
        send(&mut lp, one, 2, &told);
        until(&mut lp, |_| errors.len() == 1);
        assert_eq!((errors.all(), faults.left()), (vec![Errno::ECONNRESET], 0));
        assert_eq!(super::support::take_all(&mut lp, other), [1, 101]);
        close_and_end(lp, &[one, other]);
    });
}

/// Into the reader's own buffers, however small, they come once.
#[test]
fn into_small_buffers() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        let marks = Seen::new();
        let (taken, read) = (marks.clone(), Rc::new(Cell::new(0)));
        let count = read.clone();
        other
            .read_start_into(
                &mut lp,
                |_, _, _| Some(vec![0; 3]),
                move |cx, _, _, got| {
                    count.set(count.get() + got.unwrap());
                    let new = super::support::take_all(cx, other);
                    new.into_iter().for_each(|mark| taken.add(mark));
                },
            )
            .unwrap();
        let told = Told::new();
        for number in 0..3 {
            send(&mut lp, one, number, &told);
        }
        until(&mut lp, |_| read.get() == 60);
        assert_eq!(marks.all(), [0, 100, 1, 101, 2, 102]);
        close_and_end(lp, &[one, other]);
    });
}
