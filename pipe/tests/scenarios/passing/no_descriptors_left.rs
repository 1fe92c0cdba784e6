//! There are no descriptors left: those that a peer passes are lost, which can be told, the bytes arrive, and none leaks; what is passed goes out all
//! the same, unless it has to wait.

use std::os::fd::AsFd;

use uvox_loop::{Errno, Loop};
use uvox_testing::{in_child, leave_room_for};

use super::support::{flood, marked, take_all};
use crate::common::{close_and_end, ipc_pair, keep_reading, open_descriptors, scenario, until};

#[test]
fn for_those_that_come() {
    scenario(|| {
        in_child("passing::no_descriptors_left::for_those_that_come", || {
            let mut lp = Loop::new().unwrap();
            let (one, other) = ipc_pair(&mut lp);
            let (bytes, errors) = keep_reading(&mut lp, *other);
            let mark = marked(1);
            for spare in [0, 1, 2] {
                let fill = leave_room_for(spare);
                let before = open_descriptors();
                let count = bytes.len();
                let passed = [(); 3].map(|()| mark.as_fd().into());
                one.write2(&mut lp, b"three", passed, |_, _, _| ()).unwrap();
                until(&mut lp, |_| bytes.len() == count + 5);
                assert_eq!(other.pending_count(&lp), 0);
                assert_eq!(other.lost_descriptors(&lp), spare as u64 + 1);
                assert_eq!(open_descriptors(), before);
                drop(fill);
            }
            // Where there is room again, they come.
            one.write2(&mut lp, b"one", [mark.as_fd().into()], |_, _, _| ())
                .unwrap();
            until(&mut lp, |_| bytes.len() == 18);
            assert_eq!(take_all(&mut lp, other), [1]);
            assert_eq!(other.lost_descriptors(&lp), 3);
            assert!(errors.is_empty());
            close_and_end(lp, &[one, other]);
        });
    });
}

#[test]
fn for_duplicates() {
    scenario(|| {
        in_child("passing::no_descriptors_left::for_duplicates", || {
            let mut lp = Loop::new().unwrap();
            let (one, other) = ipc_pair(&mut lp);
            let marks = [1, 2, 3].map(marked);
            let fill = leave_room_for(0);
            let [first, second, third] = &marks;
            let sent = [first.as_fd().into(), second.as_fd().into()];
            one.write2(&mut lp, b"x", sent, |_, _, written| {
                assert_eq!(written.status, Ok(()));
            })
            .unwrap();
            let flooded = flood(&mut lp, one);
            let refused = one.write2(&mut lp, b"y", [third.as_fd().into()], |_, _, _| panic!());
            assert_eq!(refused, Err(Errno::EMFILE));
            assert_eq!(one.write_queue_size(&lp), 0);
            let [first, second, third] = marks;
            // One that is handed over needs no duplicate.
            one.write2(&mut lp, b"z", [third.into()], |_, _, _| ())
                .unwrap();
            drop((fill, first, second));
            let (bytes, _) = keep_reading(&mut lp, *other);
            until(&mut lp, |_| bytes.len() == flooded + 2);
            assert_eq!(bytes.all().last(), Some(&b'z'));
            assert_eq!(take_all(&mut lp, other), [1, 2, 3]);
            close_and_end(lp, &[one, other]);
        });
    });
}
