//! A sink that says when it wants data, and how much: nothing is read before, and no more at once.

use std::cell::RefCell;
use std::io::IoSlice;

use uvox_loop::{Ctx, Errno, Idle, Key, RunMode};
use uvox_stream::node::{
    Pieces, PipeEnd, PipeOptions, ShutdownWrap, StreamBase, StreamMethods, WriteWrap,
};

use super::{Got, How, over, pattern, send, shut};
use crate::common::until;

/// What is written to it is kept here, and takes until it is told so.
struct Pulls;

#[derive(Default)]
struct Kept {
    sizes: Vec<usize>,
    bytes: Vec<u8>,
    writes: Vec<WriteWrap>,
    shutdowns: Vec<ShutdownWrap>,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

impl StreamMethods for Pulls {
    fn read_start(&self, _: &mut Ctx, _: StreamBase, _: Key) -> Result<(), Errno> {
        Ok(())
    }

    fn read_stop(&self, _: &mut Ctx, _: StreamBase, _: Key) -> Result<(), Errno> {
        Ok(())
    }

    fn try_write(
        &self,
        _: &mut Ctx,
        _: StreamBase,
        _: Key,
        _: &[IoSlice<'_>],
    ) -> Result<usize, Errno> {
        Err(Errno::EAGAIN)
    }

    fn write(
        &self,
        _: &mut Ctx,
        _: StreamBase,
        _: Key,
        pieces: Pieces<'_>,
        wrap: WriteWrap,
    ) -> Result<(), Errno> {
        let bytes = pieces.into_owned().concat();
        KEPT.with_borrow_mut(|kept| {
            kept.sizes.push(bytes.len());
            kept.bytes.extend(bytes);
            kept.writes.push(wrap);
        });
        Ok(())
    }

    fn shutdown(
        &self,
        _: &mut Ctx,
        _: StreamBase,
        _: Key,
        wrap: ShutdownWrap,
    ) -> Result<(), Errno> {
        KEPT.with_borrow_mut(|kept| kept.shutdowns.push(wrap));
        Ok(())
    }

    fn has_wants_write(&self) -> bool {
        true
    }
}

#[test]
fn pulled_by_the_sink() {
    over(How::Spliced, |ends| {
        KEPT.take();
        // Any handle does to stand on.
        let below = Idle::new(&mut ends.lp);
        let sink = StreamBase::new(&mut ends.lp, &Pulls, below.into());
        let (pipe, seen) = ends.pipe_between(ends.source, sink, PipeOptions::default());
        pipe.start(&mut ends.lp).unwrap();
        assert!(!pipe.is_spliced(&ends.lp));
        send(&mut ends.lp, ends.from, &pattern(0..1000));
        until(&mut ends.lp, |_| {
            KEPT.with_borrow(|kept| !kept.writes.is_empty())
        });
        let done = |lp: &mut uvox_loop::Loop| {
            for wrap in KEPT.with_borrow_mut(|kept| std::mem::take(&mut kept.writes)) {
                wrap.done(lp, Ok(()));
            }
        };
        let taken = || KEPT.with_borrow(|kept| kept.bytes.len());
        done(&mut ends.lp);
        let before = taken();
        send(&mut ends.lp, ends.from, &pattern(1000..3000));
        for _ in 0..20 {
            ends.lp.run(RunMode::NoWait).unwrap();
        }
        assert_eq!(taken(), before, "nobody wanted it");
        while taken() < 3000 {
            let before = taken();
            sink.emit_wants_write(&mut ends.lp, 7);
            until(&mut ends.lp, |_| taken() > before);
            done(&mut ends.lp);
        }
        let (sizes, bytes) = KEPT.with_borrow(|kept| (kept.sizes.clone(), kept.bytes.clone()));
        assert!(bytes == pattern(0..3000));
        let later = sizes.iter().skip_while(|count| **count > 7);
        assert!(later.clone().count() > 250 && later.into_iter().all(|count| *count <= 7));

        sink.emit_wants_write(&mut ends.lp, 7);
        let below_hears = Got::heard(&mut ends.lp, ends.source);
        shut(&mut ends.lp, ends.from);
        until(&mut ends.lp, |_| !seen.is_empty());
        assert_eq!(seen.all()[0].end, PipeEnd::Eof);
        assert_eq!(below_hears.errors(), [Errno::EOF]);
        for wrap in KEPT.with_borrow_mut(|kept| std::mem::take(&mut kept.shutdowns)) {
            wrap.done(&mut ends.lp, Ok(()));
        }
        sink.destroy(&mut ends.lp);
        ends.lp.close(below, |_| ()).unwrap();
    });
}
