//! A wrap that is told to block waits in its writes until all is sent; it reads as ever.

use std::io::Read;
use std::thread;

use uvox_loop::{Errno, RunMode};
use uvox_stream::node::{Encoding, HandleWrap};

use super::common::{CAPACITY, Seen, TOO_MUCH, end, scenario, tcp_pair, wrap, write};

#[test]
fn writes_wait_and_reads_do_not() {
    scenario(|| {
        let mut lp = uvox_testing::new_loop();
        let (ours, mut theirs) = tcp_pair();
        let wrap = wrap(&mut lp, ours);
        assert_eq!(wrap.set_blocking(&mut lp, true), Ok(()));
        let seen = Seen::new();
        // It is read all the while, and there is nothing to read.
        wrap.read_start(&mut lp).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        let reader = thread::spawn(move || {
            let mut got = vec![0; TOO_MUCH + CAPACITY];
            theirs.read_exact(&mut got).unwrap();
            (theirs, got)
        });
        let all = write(&mut lp, *wrap, &vec![1; TOO_MUCH], "all", &seen);
        assert!(!all.is_async && all.err.is_none());
        let text = "x".repeat(CAPACITY);
        let never = |_: &mut _, _, _| panic!("a write that was over called back");
        let text = wrap.write_string(&mut lp, &text, Encoding::Utf8, never);
        assert!(!text.is_async && text.err.is_none());
        let (theirs, got) = reader.join().unwrap();
        assert_eq!((got[TOO_MUCH - 1], got[TOO_MUCH]), (1, b'x'));
        assert_eq!(wrap.write_queue_size(&lp), 0);
        lp.run(RunMode::NoWait).unwrap();
        // As it was: what does not go out at once is queued.
        assert_eq!(wrap.set_blocking(&mut lp, false), Ok(()));
        assert!(write(&mut lp, *wrap, &vec![1; TOO_MUCH], "queued", &seen).is_async);
        // Behind what is queued, nothing is tried.
        assert_eq!(wrap.set_blocking(&mut lp, true), Ok(()));
        assert!(write(&mut lp, *wrap, b"behind", "behind", &seen).is_async);
        drop(theirs);
        wrap.close(&mut lp, |_| ());
        assert_eq!(wrap.set_blocking(&mut lp, true), Err(Errno::EBADF));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(wrap.set_blocking(&mut lp, true), Err(Errno::EBADF));
        assert_eq!(seen.len(), 2);
        end(lp);
    });
}

/// The peer goes away in the middle of it: what was sent counts, and the rest fails.
#[test]
fn a_peer_that_goes_away() {
    scenario(|| {
        let mut lp = uvox_testing::new_loop();
        let (ours, mut theirs) = tcp_pair();
        let wrap = wrap(&mut lp, ours);
        wrap.set_blocking(&mut lp, true).unwrap();
        let reader = thread::spawn(move || {
            // There is more to come, so this is a reset.
            theirs.read_exact(&mut [0; 1000]).unwrap();
        });
        let seen = Seen::new();
        let cut = write(&mut lp, *wrap, &vec![1; TOO_MUCH], "cut", &seen);
        reader.join().unwrap();
        if cut.is_async {
            super::common::until(&mut lp, |_| !seen.is_empty());
        }
        let error = cut.err.or_else(|| seen.all()[0].1.err());
        assert!(matches!(error, Some(Errno::ECONNRESET | Errno::EPIPE)));
        wrap.close(&mut lp, |_| ());
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
