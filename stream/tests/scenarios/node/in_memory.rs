//! What only a pair in memory can show, for its buffers are as large as they were made.

use std::cell::Cell;
use std::rc::Rc;

use uvox_loop::{Errno, Loop, Phase, RunMode};
use uvox_stream::node::{HandleWrap, StreamBase, memory_pair};

use super::common::{Seen, end, keep, scenario, shutdown, until, write};

fn close_and_end(mut lp: Loop, ends: [StreamBase; 2]) {
    for base in ends {
        base.close(&mut lp, |_| ());
    }
    assert!(!lp.run(RunMode::Default).unwrap());
    assert_eq!(lp.requests(), 0);
    end(lp);
}

/// As much is written at once as fits; the rest goes on as the other end reads; with room for one byte, byte by byte.
#[test]
fn buffers_of_every_size() {
    scenario(|| {
        for capacity in [0, 1, 3, 10, 11, 100] {
            let mut lp = uvox_testing::new_loop();
            let (one, other) = memory_pair(&mut lp, capacity);
            let seen = Seen::new();
            let first = write(&mut lp, one, b"0123456789", "first", &seen);
            let room = capacity.max(1);
            assert_eq!(first.is_async, room < 10, "{capacity}");
            assert_eq!(one.write_queue_size(&lp), 10_usize.saturating_sub(room));
            let second = write(&mut lp, one, b"ab", "second", &seen);
            assert_eq!(second.is_async, room < 12, "{capacity}");
            shutdown(&mut lp, one, &seen).unwrap();
            lp.run(RunMode::NoWait).unwrap();
            assert_eq!(
                seen.len(),
                usize::from(room >= 12),
                "told before it was sent"
            );
            let (data, errors) = keep(&mut lp, other);
            until(&mut lp, |_| !errors.is_empty());
            assert_eq!(data.all(), b"0123456789ab");
            assert_eq!(errors.all(), [Errno::EOF]);
            assert_eq!(seen.all().last(), Some(&("shutdown", Ok(()))));
            close_and_end(lp, [one, other]);
        }
    });
}

/// Callbacks come from the loop: data in the poll phase, completions where it is, neither from inside a call.
#[test]
fn callbacks_come_from_the_loop() {
    scenario(|| {
        let mut lp = uvox_testing::new_loop();
        let (one, other) = memory_pair(&mut lp, 4);
        let seen = Seen::new();
        let record = seen.clone();
        other.set_on_read(&mut lp, move |cx, _, read| {
            assert_eq!(cx.phase(), Phase::Poll);
            record.add(("read", read.map(|_| ())));
        });
        other.read_start(&mut lp).unwrap();
        let _ = write(&mut lp, one, b"abc", "never", &seen);
        let _ = write(&mut lp, one, b"def", "def", &seen);
        assert!(seen.is_empty());
        until(&mut lp, |_| seen.len() == 3);
        assert_eq!(seen.all()[0], ("read", Ok(())));
        assert_eq!(other.bytes_read(&lp), 6);
        assert!(seen.all().contains(&("def", Ok(()))));
        close_and_end(lp, [one, other]);
    });
}

/// However much is there, a turn reads no more than the loop's budget; others have their turn in between.
#[test]
fn reading_within_the_budget() {
    scenario(|| {
        let mut lp = Loop::builder()
            .budgets(|budgets| budgets.reads = 3)
            .build()
            .unwrap();
        let (one, other) = memory_pair(&mut lp, 100);
        let reads = Rc::new(Cell::new(0));
        let count = reads.clone();
        other
            .use_user_buffer(&mut lp, vec![0; 10], move |_, _, _, read| {
                assert_eq!(read, Ok(10));
                count.set(count.get() + 1);
            })
            .unwrap();
        let _ = write(&mut lp, one, &[1; 100], "all", &Seen::new());
        other.read_start(&mut lp).unwrap();
        for expected in [3, 6, 9, 10, 10] {
            lp.run(RunMode::NoWait).unwrap();
            assert_eq!(reads.get(), expected);
        }
        close_and_end(lp, [one, other]);
    });
}

/// What had arrived is read before the end, or the reset, is.
#[test]
fn the_other_end_is_closed() {
    scenario(|| {
        for unread in [false, true] {
            let mut lp = uvox_testing::new_loop();
            let (one, other) = memory_pair(&mut lp, 4);
            let seen = Seen::new();
            let _ = write(&mut lp, other, b"last", "never", &seen);
            let _ = write(&mut lp, other, b"lost", "lost", &seen);
            if unread {
                let _ = write(&mut lp, one, b"read", "never", &seen);
                let _ = write(&mut lp, one, b"more", "more", &seen);
            }
            other.close(&mut lp, |_| ());
            let (data, errors) = keep(&mut lp, one);
            until(&mut lp, |_| !errors.is_empty());
            assert_eq!(data.all(), b"last");
            let refused = write(&mut lp, one, b"late", "late", &seen);
            assert_eq!(refused.err, Some(Errno::EPIPE));
            if unread {
                assert_eq!(errors.all(), [Errno::ECONNRESET]);
                assert!(seen.all().contains(&("more", Err(Errno::EPIPE))));
                assert_eq!(one.read_start(&mut lp), Err(Errno::ENOTCONN));
                assert_eq!(shutdown(&mut lp, one, &seen), Err(Errno::ENOTCONN));
            } else {
                assert_eq!(errors.all(), [Errno::EOF]);
                // To shut down is no error, as with sockets.
                assert_eq!(shutdown(&mut lp, one, &seen), Ok(()));
                until(&mut lp, |_| {
                    seen.all().last() == Some(&("shutdown", Ok(())))
                });
            }
            assert!(seen.all().contains(&("lost", Err(Errno::ECANCELED))));
            close_and_end(lp, [one, other]);
        }
    });
}
