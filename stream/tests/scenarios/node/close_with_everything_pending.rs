//! A stream is closed with writes and a shutdown pending: the writes are cancelled in order, then the shutdown, then comes the close callback, then the
//! end of the listeners, all in one closing phase. What can be said of the stream in between is what Node says.

use std::cell::Cell;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, Phase, RunMode};
use uvox_stream::node::{HandleWrap, HandleWrapState, Link, StreamBase, StreamListener};
use uvox_stream::uv::ReadBuffer;

use super::common::{Over, Seen, over_both, shutdown, write};

/// Hears of its end, and nothing else.
struct UntilTheEnd(Seen<(&'static str, Result<(), Errno>)>);

impl StreamListener for UntilTheEnd {
    fn on_alloc(&mut self, cx: &mut Ctx, at: Link, suggested: usize) -> Option<Vec<u8>> {
        at.pass_alloc(cx, suggested)
    }

    fn on_read(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        buffer: ReadBuffer<'_>,
        result: Result<usize, Errno>,
    ) {
        at.pass_read(cx, buffer, result);
    }

    fn on_destroy(&mut self, cx: &mut Ctx, at: Link) {
        assert_eq!(cx.phase(), Phase::Closing);
        assert!(at.is_in_chain(cx));
        self.0.add(("destroyed", Ok(())));
    }
}

fn push_one(cx: &mut Ctx, base: StreamBase) -> Result<Link, Errno> {
    base.push_listener(cx, UntilTheEnd(Seen::new()))
}

#[test]
fn close_with_everything_pending() {
    over_both(|pair| {
        let one = pair.one;
        let seen = Seen::new();
        let lp = &mut pair.lp;
        one.push_listener(lp, UntilTheEnd(seen.clone())).unwrap();
        assert_eq!(HandleWrap::state(one, lp), HandleWrapState::Initialised);
        assert_eq!((one.is_alive(lp), one.is_closing(lp)), (true, false));
        assert_eq!(one.unwrap(lp), Some(one));
        pair.fill(&seen);
        let lp = &mut pair.lp;
        for name in ["first", "second"] {
            assert!(write(lp, one, name.as_bytes(), name, &seen).is_async);
        }
        shutdown(lp, one, &seen).unwrap();
        assert_eq!(lp.requests(), 4);
        let turn = Rc::new(Cell::new(0));
        let closed_in = turn.clone();
        let record = seen.clone();
        one.close(lp, move |cx| {
            record.add(("closed", Ok(())));
            closed_in.set(cx.metrics().turns);
            assert_eq!((cx.requests(), cx.phase()), (0, Phase::Closing));
            in_the_close_callback(cx, one);
        });
        between(lp, one);
        one.close(lp, |_| panic!("closed twice"));
        assert!(seen.is_empty(), "told from inside a call");
        lp.run(RunMode::NoWait).unwrap();
        let cancelled = Err(Errno::ECANCELED);
        let expected = [
            ("fill", cancelled),
            ("first", cancelled),
            ("second", cancelled),
            ("shutdown", cancelled),
            ("closed", Ok(())),
            ("destroyed", Ok(())),
        ];
        assert_eq!(seen.all(), expected);
        assert_eq!(turn.get(), lp.metrics().turns, "in another turn");
        afterwards(lp, one);
    });
}

/// Between `close` and its callback.
fn between(cx: &mut Ctx, base: StreamBase) {
    let written = base.bytes_written(cx);
    let seen = Seen::new();
    assert_eq!(HandleWrap::state(base, cx), HandleWrapState::Closing);
    assert_eq!((base.is_alive(cx), base.is_closing(cx)), (true, true));
    assert_eq!(base.unwrap(cx), Some(base));
    assert_eq!(base.read_start(cx), Err(Errno::EINVAL));
    assert_eq!(base.read_stop(cx), Ok(()));
    assert_eq!(shutdown(cx, base, &seen), Err(Errno::ENOTCONN));
    assert_eq!(base.fd(cx), Ok(None));
    assert_eq!(base.has_ref(cx), Some(true));
    assert_eq!((base.unref(cx), base.has_ref(cx)), (Ok(()), Some(false)));
    assert_eq!((base.ref_(cx), base.has_ref(cx)), (Ok(()), Some(true)));
    let refused = write(cx, base, b"abc", "refused", &seen);
    assert_eq!((refused.err, refused.bytes), (Some(Errno::EBADF), 3));
    assert_eq!(base.bytes_written(cx), written + 3);
    let above = push_one(cx, base).unwrap();
    above.remove(cx).unwrap();
    assert_eq!(base.use_user_buffer(cx, vec![0], |_, _, _, _| ()), Ok(()));
}

fn in_the_close_callback(cx: &mut Ctx, base: StreamBase) {
    let written = base.bytes_written(cx);
    assert!(written > 0);
    let seen = Seen::new();
    assert_eq!(HandleWrap::state(base, cx), HandleWrapState::Closed);
    assert_eq!((base.is_alive(cx), base.is_closing(cx)), (false, true));
    assert_eq!(base.unwrap(cx), Some(base));
    assert_eq!(base.read_start(cx), Err(Errno::EINVAL));
    assert_eq!(base.read_stop(cx), Err(Errno::EINVAL));
    assert_eq!(shutdown(cx, base, &seen), Err(Errno::EINVAL));
    assert_eq!(base.fd(cx), Err(Errno::EINVAL));
    assert_eq!(base.has_ref(cx), Some(false));
    assert_eq!((base.ref_(cx), base.unref(cx)), (Ok(()), Ok(())));
    assert_eq!(base.write_queue_size(cx), 0);
    let refused = write(cx, base, b"abc", "refused", &seen);
    assert_eq!((refused.err, refused.bytes), (Some(Errno::EINVAL), 0));
    assert_eq!(base.bytes_written(cx), written);
    assert_eq!(push_one(cx, base).map(|_| ()), Err(Errno::EINVAL));
    base.close(cx, |_| panic!("closed twice"));
}

/// Where Node's methods return undefined.
fn afterwards(cx: &mut Ctx, base: StreamBase) {
    let seen = Seen::new();
    assert_eq!(HandleWrap::state(base, cx), HandleWrapState::Closed);
    assert_eq!((base.is_alive(cx), base.is_closing(cx)), (false, true));
    assert_eq!(base.unwrap(cx), None);
    assert_eq!(base.handle(cx), None);
    assert_eq!(base.current_listener(cx), None);
    assert_eq!(base.read_start(cx), Err(Errno::EBADF));
    assert_eq!(base.read_stop(cx), Err(Errno::EBADF));
    assert_eq!(shutdown(cx, base, &seen), Err(Errno::EBADF));
    assert_eq!(base.fd(cx), Err(Errno::EINVAL));
    assert_eq!(base.has_ref(cx), None);
    assert_eq!(
        (base.ref_(cx), base.unref(cx)),
        (Err(Errno::EBADF), Err(Errno::EBADF))
    );
    let refused = write(cx, base, b"abc", "refused", &seen);
    assert_eq!((refused.err, refused.bytes), (Some(Errno::EBADF), 0));
    assert_eq!((base.bytes_written(cx), base.bytes_read(cx)), (0, 0));
    assert_eq!(base.write_queue_size(cx), 0);
    assert_eq!(push_one(cx, base).map(|_| ()), Err(Errno::EBADF));
    base.set_on_read(cx, |_, _, _| ());
    base.close(cx, |_| panic!("closed twice"));
}

/// Two writes, a shutdown and a close in one callback: what went out at once is over, the rest is cancelled.
#[test]
fn two_writes_a_shutdown_and_a_close_in_one_callback() {
    over_both(|pair| {
        let (one, other, over) = (pair.one, pair.other, pair.over);
        let seen = Seen::new();
        let record = seen.clone();
        one.set_on_read(&mut pair.lp, move |cx, base, _| {
            assert!(!write(cx, base, b"small", "small", &record).is_async);
            assert!(
                write(
                    cx,
                    base,
                    &vec![1; super::common::TOO_MUCH],
                    "large",
                    &record
                )
                .is_async
            );
            shutdown(cx, base, &record).unwrap();
            let closed = record.clone();
            base.close(cx, move |_| closed.add(("closed", Ok(()))));
        });
        one.read_start(&mut pair.lp).unwrap();
        let _ = write(&mut pair.lp, other, b"go", "go", &seen);
        super::common::until(&mut pair.lp, |_| !seen.is_empty());
        let expected = [
            ("large", Err(Errno::ECANCELED)),
            ("shutdown", Err(Errno::ECANCELED)),
            ("closed", Ok(())),
        ];
        assert_eq!(seen.take(), expected);
        // What went out is there, and then comes the end.
        let (data, errors) = super::common::keep(&mut pair.lp, other);
        super::common::until(&mut pair.lp, |_| !errors.is_empty());
        assert_eq!(data.all()[..5], *b"small");
        assert_eq!(errors.all(), [Errno::EOF], "{over:?}");
        assert!(matches!(over, Over::Tcp | Over::Memory));
    });
}

/// Several that are closed in one turn are called back last closed first, each with its listeners' end right behind.
#[test]
fn several_close_last_first() {
    over_both(|pair| {
        let seen = Seen::new();
        for (name, base) in [("one", pair.one), ("other", pair.other)] {
            base.push_listener(&mut pair.lp, UntilTheEnd(seen.clone()))
                .unwrap();
            let record = seen.clone();
            base.close(&mut pair.lp, move |_| record.add((name, Ok(()))));
        }
        pair.lp.run(RunMode::NoWait).unwrap();
        let names: Vec<_> = seen.all().iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["other", "destroyed", "one", "destroyed"]);
    });
}
