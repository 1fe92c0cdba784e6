//! What cannot be passed is refused at once: nothing is sent, and nothing is kept.

use std::os::fd::AsFd;

use uvox_loop::sys::DESCRIPTORS_MAX;
use uvox_loop::{Ctx, Errno, Loop, Poll, RunMode, Timer};
use uvox_pipe::uv::Pipe;
use uvox_stream::uv::{Passed, Stream, Written};
use uvox_testing::tcp_pair;

use super::support::marked;
use crate::common::{close, close_and_end, ipc_pair, open_descriptors, scenario};

fn never(_: &mut Ctx, _: Stream, _: Written) {
    panic!("a refused write was told of");
}

#[test]
fn over_what_was_not_made_for_it() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let mark = marked(1);
        let (plain, peer) = Pipe::pair(&mut lp).unwrap();
        let (reader, writer) = Pipe::ends(&mut lp).unwrap();
        writer.pass_descriptors(&mut lp).unwrap();
        let (ours, theirs) = tcp_pair();
        let tcp = Pipe::new_ipc(&mut lp);
        tcp.open(&mut lp, ours.into()).unwrap();
        assert!(tcp.passes_descriptors(&lp) && !plain.passes_descriptors(&lp));
        for pipe in [plain, writer, tcp] {
            let refused = pipe.write2(&mut lp, b"x", [mark.as_fd().into()], never);
            assert_eq!(refused, Err(Errno::EINVAL));
            assert_eq!(pipe.pending_count(&lp), 0);
            assert_eq!(pipe.pending_type(&lp), None);
            // Nor does that matter to what else is written and read.
            pipe.write(&mut lp, b"y", |_, _, written| {
                assert_eq!(written.status, Ok(()));
            })
            .unwrap();
        }
        let unconnected = Pipe::new_ipc(&mut lp);
        let refused = unconnected.write2(&mut lp, b"x", [mark.as_fd().into()], never);
        assert_eq!(refused, Err(Errno::EBADF));
        drop(theirs);
        lp.run(RunMode::NoWait).unwrap();
        close_and_end(lp, &[plain, peer, reader, writer, tcp, unconnected]);
    });
}

#[test]
fn nothing_to_carry_them_or_too_many_or_gone() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        let mark = marked(1);
        let closing = Pipe::pair(&mut lp).unwrap();
        close(&mut lp, closing.0);
        let timer = Timer::new(&mut lp);
        let poll = Poll::new(&mut lp, &mark).unwrap();
        let before = open_descriptors();
        let mut refuse = |bytes: &[u8], passed: Vec<Passed<'_>>, why| {
            let refused = one.write2(&mut lp, bytes, passed, never);
            assert_eq!(refused, Err(why));
        };
        refuse(b"", vec![mark.as_fd().into()], Errno::EINVAL);
        let too_many = (0..=DESCRIPTORS_MAX).map(|_| mark.as_fd().into());
        refuse(b"x", too_many.collect(), Errno::EINVAL);
        for gone in [
            Passed::from(closing.0),
            // A timer has none, and a poll handle none of its own.
            Passed::Handle(timer.into()),
            Passed::Handle(poll.into()),
        ] {
            refuse(b"x", vec![mark.as_fd().into(), gone], Errno::EBADF);
        }
        // What was handed over is closed.
        refuse(b"", vec![marked(2).into()], Errno::EINVAL);
        assert_eq!(open_descriptors(), before);
        one.shutdown(&mut lp, |_, _, _| ()).unwrap();
        let refused = one.write2(&mut lp, b"x", [mark.as_fd().into()], never);
        assert_eq!(refused, Err(Errno::EPIPE));
        close(&mut lp, one);
        let refused = one.write2(&mut lp, b"x", [mark.as_fd().into()], never);
        assert_eq!(refused, Err(Errno::EBADF));
        assert_eq!(one.pass_descriptors(&mut lp), Err(Errno::EINVAL));
        lp.close(timer, |_| ()).unwrap();
        lp.close(poll, |_| ()).unwrap();
        close_and_end(lp, &[other, closing.1]);
    });
}
