//! What cannot be sent at once waits with descriptors of its own: the caller's are closed meanwhile, and each arrives once, with its bytes.

use std::os::fd::AsFd;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_pipe::uv::Pipe;

use super::support::{flood, keep_reading_and_taking, mark_of, marked};
use crate::common::{Seen, close, close_and_end, ipc_pair, open_descriptors, scenario, until};

#[test]
fn queued_behind_a_full_socket() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        let flooded = flood(&mut lp, one);
        let told = Seen::new();
        for (number, count) in [2, 0, 1, 3, 0].into_iter().enumerate() {
            let number = number as u8;
            let owned: Vec<_> = (0..count).map(|i| marked(10 * number + i)).collect();
            // Borrowed, and closed as soon as it is queued.
            let passed = owned.iter().map(|fd| fd.as_fd().into());
            let told = told.clone();
            one.write2(&mut lp, &[number; 3], passed, move |_, _, written| {
                assert_eq!(written.status, Ok(()));
                told.add(number);
            })
            .unwrap();
        }
        // A handle, which is closed, too.
        let (handle, its_peer) = Pipe::ends(&mut lp).unwrap();
        its_peer.write(&mut lp, &[77], |_, _, _| ()).unwrap();
        let done = told.clone();
        one.write2(&mut lp, &[5; 3], [handle.into()], move |_, _, _| {
            done.add(5)
        })
        .unwrap();
        close(&mut lp, handle);
        assert_eq!((one.write_queue_size(&lp), told.len()), (18, 0));
        lp.run(RunMode::NoWait).unwrap();
        let (bytes, marks) = keep_reading_and_taking(&mut lp, other);
        until(&mut lp, |_| bytes.len() == flooded + 18);
        let expected: Vec<u8> = (0..6).flat_map(|number| [number; 3]).collect();
        assert_eq!(bytes.all()[flooded..], expected);
        assert_eq!(marks.all(), [0, 1, 20, 30, 31, 32, 77]);
        until(&mut lp, |_| told.len() == 6);
        assert_eq!(told.all(), [0, 1, 2, 3, 4, 5]);
        close_and_end(lp, &[one, other, its_peer]);
    });
}

/// A write is sent in many parts: the descriptors go with the first.
#[test]
fn once_only_in_partial_writes() {
    scenario(|| {
        for queued in [false, true] {
            let mut lp = Loop::new().unwrap();
            let (one, other) = ipc_pair(&mut lp);
            let flooded = if queued { flood(&mut lp, one) } else { 0 };
            let large: Vec<u8> = (0..1 << 20).map(|i| (i % 253) as u8).collect();
            let faults = fault::plan([Fault::new("sendmsg", 1, Effect::Short(1))]);
            let told = Seen::new();
            for mark in [1, 2] {
                let told = told.clone();
                one.write2(
                    &mut lp,
                    &large,
                    [marked(mark).into()],
                    move |_, _, written| {
                        told.add((written.status, written.bytes));
                    },
                )
                .unwrap();
            }
            let (bytes, marks) = keep_reading_and_taking(&mut lp, other);
            until(&mut lp, |_| bytes.len() == flooded + 2 * large.len());
            assert_eq!(faults.left(), 0);
            assert!(bytes.all()[flooded..] == [&large[..], &large].concat());
            assert_eq!(marks.all(), [1, 2]);
            until(&mut lp, |_| told.len() == 2);
            assert_eq!(told.all(), [(Ok(()), large.len()); 2]);
            close_and_end(lp, &[one, other]);
        }
    });
}

/// Taken back, failed, or cancelled by the close: what was kept for them is closed.
#[test]
fn never_sent() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        flood(&mut lp, one);
        let before = open_descriptors();
        let told = Seen::new();
        let [first, second] = [1, 2].map(|mark| {
            let told = told.clone();
            one.write2(
                &mut lp,
                b"x",
                [marked(mark).into()],
                move |_, _, written| {
                    told.add((mark, written.status));
                },
            )
            .unwrap()
        });
        assert_eq!(open_descriptors().len(), before.len() + 2);
        first.cancel(&mut lp).unwrap();
        until(&mut lp, |_| told.len() == 1);
        assert_eq!(open_descriptors().len(), before.len() + 1);
        close(&mut lp, one);
        assert_eq!(second.cancel(&mut lp), Err(Errno::EINVAL));
        lp.run(RunMode::NoWait).unwrap();
        let cancelled = Err(Errno::ECANCELED);
        assert_eq!(told.all(), [(1, cancelled), (2, cancelled)]);
        assert_eq!(open_descriptors().len(), before.len() - 1);
        close_and_end(lp, &[other]);

        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        flood(&mut lp, one);
        let (mark, told) = (marked(3), Seen::new());
        let done = told.clone();
        one.write2(
            &mut lp,
            b"x",
            [mark.as_fd().into()],
            move |_, _, written| {
                done.add(written.status);
            },
        )
        .unwrap();
        // Nobody is there to take it any more.
        close(&mut lp, other);
        until(&mut lp, |_| told.len() == 1);
        // Which of the two depends on who asked for the socket's error first.
        let gone = [Errno::EPIPE, Errno::ECONNRESET];
        assert!(told.all()[0].is_err_and(|errno| gone.contains(&errno)));
        assert_eq!(mark_of(&mark), 3);
        close_and_end(lp, &[one]);
    });
}
