//! The kernel does not splice, from the first call on or later: the pipe goes on by copying, and nobody can tell.
#![cfg(any(target_os = "linux", target_os = "android"))]

use uvox_loop::Errno;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_stream::node::PipeEnd;

use super::{FLOOD, Got, How, over, pattern, send, shut};
use crate::common::until;

#[test]
fn refused_at_any_call() {
    for stuck in [false, true] {
        for nth in 1..=5 {
            over(How::Spliced, |ends| {
                let (pipe, seen) = ends.pipe();
                let fail = Effect::Fail(Errno::EINVAL);
                let faults = fault::plan([Fault::new("splice", nth, fail)]);
                let got = if stuck {
                    ends.get_stuck();
                    Got::read(&mut ends.lp, ends.to)
                } else {
                    let got = Got::read(&mut ends.lp, ends.to);
                    send(&mut ends.lp, ends.from, &pattern(0..FLOOD));
                    got
                };
                shut(&mut ends.lp, ends.from);
                until(&mut ends.lp, |_| {
                    !seen.is_empty() && !got.errors().is_empty()
                });
                assert_eq!(faults.left(), 0);
                assert!(got.bytes() == pattern(0..FLOOD), "{nth}");
                assert_eq!(seen.all()[0].end, PipeEnd::Eof);
                assert_eq!(seen.all()[0].bytes, FLOOD as u64);
                assert_eq!(ends.source.bytes_read(&ends.lp), FLOOD as u64);
                assert_eq!(ends.sink.bytes_written(&ends.lp), FLOOD as u64);
                until(&mut ends.lp, |cx| pipe.source(cx).is_none());
            });
        }
    }
}

/// There is no descriptor for the kernel's pipe: copied from the start.
#[test]
fn no_descriptors() {
    over(How::Spliced, |ends| {
        let fail = Effect::Fail(Errno::EMFILE);
        let faults = fault::plan([Fault::new("pipe2", 1, fail)]);
        let (pipe, seen) = ends.new_pipe(ends.options());
        pipe.start(&mut ends.lp).unwrap();
        assert_eq!(faults.left(), 0);
        assert!(!pipe.is_spliced(&ends.lp));
        let got = Got::read(&mut ends.lp, ends.to);
        send(&mut ends.lp, ends.from, b"by hand");
        shut(&mut ends.lp, ends.from);
        until(&mut ends.lp, |_| {
            !seen.is_empty() && !got.errors().is_empty()
        });
        assert_eq!(got.bytes(), b"by hand");
    });
}

/// What was under way when the pipe was taken apart is written, though the kernel will not have it.
#[test]
fn refused_after_unpipe() {
    over(How::Spliced, |ends| {
        let (pipe, seen) = ends.pipe();
        ends.get_stuck();
        let taken = pipe.bytes(&ends.lp).unwrap() as usize;
        pipe.unpipe(&mut ends.lp);
        ends.settle();
        assert_eq!((seen.len(), pipe.pending_writes(&ends.lp)), (1, 1));
        let fail = Effect::Fail(Errno::EINVAL);
        let faults = fault::plan([Fault::new("splice", 1, fail)]);
        let got = Got::read(&mut ends.lp, ends.to);
        until(&mut ends.lp, |_| got.len() == taken);
        assert_eq!(faults.left(), 0);
        assert!(got.bytes() == pattern(0..taken));
        assert_eq!(ends.sink.bytes_written(&ends.lp), taken as u64);
        until(&mut ends.lp, |cx| pipe.source(cx).is_none());
    });
}
