//! A reader takes none of what is passed: he gets no more bytes when too many wait, and all of them when he takes some.

use std::os::fd::AsFd;

use uvox_loop::sys::DESCRIPTORS_MAX;
use uvox_loop::{Loop, RunMode};
use uvox_stream::uv::PENDING_DESCRIPTORS_MAX;

use super::support::marked;
use crate::common::{close_and_end, ipc_pair, keep_reading, scenario, until};

#[test]
fn as_many_as_may_wait() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        let (bytes, errors) = keep_reading(&mut lp, *other);
        let mark = marked(1);
        // One short of the bound; then as many as a message can bring; then some more.
        for count in [PENDING_DESCRIPTORS_MAX - 1, DESCRIPTORS_MAX, 1, 1] {
            let passed = (0..count).map(|_| mark.as_fd().into());
            one.write2(&mut lp, b"x", passed, |_, _, _| ()).unwrap();
        }
        one.shutdown(&mut lp, |_, _, _| ()).unwrap();
        until(&mut lp, |_| bytes.len() == 2);
        for _ in 0..10 {
            lp.run(RunMode::NoWait).unwrap();
        }
        let waiting = PENDING_DESCRIPTORS_MAX - 1 + DESCRIPTORS_MAX;
        assert_eq!((bytes.len(), other.pending_count(&lp)), (2, waiting));
        assert!(other.is_reading(&lp) && errors.is_empty());
        // It does not spin: nothing is queued for the next turn.
        assert_ne!(lp.backend_timeout(), Some(std::time::Duration::ZERO));
        // To start again does not help.
        other.read_stop(&mut lp).unwrap();
        let (more, errors) = keep_reading(&mut lp, *other);
        for _ in 0..3 {
            lp.run(RunMode::NoWait).unwrap();
        }
        assert!(more.is_empty() && errors.is_empty());
        for _ in 0..waiting - PENDING_DESCRIPTORS_MAX {
            drop(other.take_pending(&mut lp).unwrap());
        }
        lp.run(RunMode::NoWait).unwrap();
        assert!(more.is_empty(), "as many wait as may");
        drop(other.take_pending(&mut lp).unwrap());
        until(&mut lp, |_| more.len() == 1);
        assert_eq!(other.pending_count(&lp), PENDING_DESCRIPTORS_MAX);
        while other.take_pending(&mut lp).is_some() {}
        until(&mut lp, |_| errors.len() == 1);
        assert_eq!((more.len(), other.pending_count(&lp)), (2, 1));
        assert_eq!(other.lost_descriptors(&lp), 0);
        close_and_end(lp, &[one, other]);
    });
}
