//! Descriptors come that nobody asked for, that nobody takes, or when nobody reads: none is left open.

use std::os::fd::AsFd;

use uvox_loop::{Loop, RunMode};
use uvox_pipe::uv::Pipe;

use super::support::{mark_of, marked, take_all};
use crate::common::{
    Seen, close, close_and_end, ipc_pair, keep_reading, open_descriptors, scenario, until,
};

#[test]
fn over_a_pipe_that_is_not_for_them() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = Pipe::pair(&mut lp).unwrap();
        one.pass_descriptors(&mut lp).unwrap();
        let (bytes, _) = keep_reading(&mut lp, *other);
        let mark = marked(1);
        let before = open_descriptors();
        for round in 1..=10 {
            let passed = [mark.as_fd().into(), mark.as_fd().into()];
            one.write2(&mut lp, b"x", passed, |_, _, _| ()).unwrap();
            until(&mut lp, |_| bytes.len() == round);
        }
        assert_eq!(open_descriptors(), before);
        assert!(other.pending_count(&lp) == 0 && other.take_pending(&mut lp).is_none());
        close_and_end(lp, &[one, other]);
    });
}

#[test]
fn closed_with_the_pipe() {
    scenario(|| {
        for in_the_callback in [false, true] {
            let mut lp = Loop::new().unwrap();
            let (one, other) = ipc_pair(&mut lp);
            let before = open_descriptors();
            let passed = [1, 2, 3].map(|mark| marked(mark).into());
            one.write2(&mut lp, b"x", passed, |_, _, _| ()).unwrap();
            assert_eq!(open_descriptors(), before, "they are on their way");
            let closed = Seen::new();
            let seen = closed.clone();
            other
                .read_start(&mut lp, move |cx, stream, got| {
                    assert_eq!(got, Ok(&b"x"[..]));
                    assert_eq!(stream.pending_count(cx), 3);
                    assert_eq!(mark_of(&stream.take_pending(cx).unwrap()), 1);
                    if in_the_callback {
                        cx.close(stream, |_| ()).unwrap();
                        assert_eq!(stream.pending_count(cx), 0);
                        assert!(stream.take_pending(cx).is_none());
                    }
                    seen.add(open_descriptors().len());
                })
                .unwrap();
            until(&mut lp, |_| closed.len() == 1);
            if in_the_callback {
                assert_eq!(closed.all(), [before.len() - 1]);
                assert!(!other.passes_descriptors(&lp), "it is gone");
            } else {
                assert_eq!(other.pending_count(&lp), 2);
                assert_eq!(closed.all(), [before.len() + 2]);
                close(&mut lp, other);
                assert_eq!(open_descriptors().len(), before.len() - 1);
            }
            close_and_end(lp, &[one]);
        }
    });
}

/// Also when the loop is dropped with all that is in it.
#[test]
fn dropped_with_the_loop() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        let passed = [marked(1).into()];
        one.write2(&mut lp, b"x", passed, |_, _, _| ()).unwrap();
        let (bytes, _) = keep_reading(&mut lp, *other);
        until(&mut lp, |_| bytes.len() == 1);
        super::support::flood(&mut lp, one);
        let passed = [marked(2).into()];
        one.write2(&mut lp, b"x", passed, |_, _, _| ()).unwrap();
        assert_eq!(other.pending_count(&lp), 1);
    });
}

#[test]
fn arrived_while_reading_is_stopped() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        let (bytes, _) = keep_reading(&mut lp, *other);
        let send = |lp: &mut Loop, mark| {
            one.write2(lp, b"x", [marked(mark).into()], |_, _, _| ())
                .unwrap();
        };
        send(&mut lp, 1);
        until(&mut lp, |_| bytes.len() == 1);
        other.read_stop(&mut lp).unwrap();
        for mark in [2, 3] {
            send(&mut lp, mark);
            lp.run(RunMode::NoWait).unwrap();
        }
        // The first waits, the others are in the kernel still.
        assert_eq!((bytes.len(), other.pending_count(&lp)), (1, 1));
        let (bytes, _) = keep_reading(&mut lp, *other);
        until(&mut lp, |_| bytes.len() == 2);
        assert_eq!(other.pending_count(&lp), 3);
        other.read_stop(&mut lp).unwrap();
        assert_eq!(take_all(&mut lp, other), [1, 2, 3]);
        close_and_end(lp, &[one, other]);
    });
}

/// They can be taken after the end, too.
#[test]
fn taken_after_the_end() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        one.write2(&mut lp, b"x", [marked(1).into()], |_, _, _| ())
            .unwrap();
        close(&mut lp, one);
        let (bytes, errors) = keep_reading(&mut lp, *other);
        until(&mut lp, |_| errors.len() == 1);
        assert_eq!((bytes.len(), other.pending_count(&lp)), (1, 1));
        let socket = other.into_owned_fd(&mut lp).unwrap();
        assert_eq!(take_all(&mut lp, other), [1]);
        drop(socket);
        close_and_end(lp, &[other]);
    });
}
