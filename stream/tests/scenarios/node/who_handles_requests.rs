//! A request goes up the chain until a listener handles it; if nobody does, it completes nonetheless.

use std::io::IoSlice;

use uvox_loop::{Ctx, Errno};
use uvox_stream::node::{Link, ReportWrites, ShutdownWrap, StreamListener, WriteId, WriteWrap};
use uvox_stream::uv::ReadBuffer;

use super::common::{Seen, TOO_MUCH, keep, over_both, shutdown, until, write};
use super::watcher::{Heard, Watcher};

/// With nobody in the chain, requests complete, and data is lost.
#[test]
fn an_empty_chain_completes_requests() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        while let Some(link) = one.current_listener(&pair.lp) {
            link.remove(&mut pair.lp).unwrap();
        }
        one.read_start(&mut pair.lp).unwrap();
        let _ = write(&mut pair.lp, other, b"lost", "lost", &seen);
        pair.until_read(one, 4);
        pair.fill(&seen);
        shutdown(&mut pair.lp, one, &seen).unwrap();
        other.read_start(&mut pair.lp).unwrap();
        until(&mut pair.lp, |_| seen.len() == 2);
        assert_eq!(seen.all(), [("fill", Ok(())), ("shutdown", Ok(()))]);
    });
}

/// Handles requests, and drops them: whoever made them is not told.
struct Swallows(Seen<(Option<WriteId>, usize)>);

impl StreamListener for Swallows {
    fn on_alloc(&mut self, _: &mut Ctx, _: Link, _: usize) -> Option<Vec<u8>> {
        None
    }

    fn on_read(&mut self, _: &mut Ctx, _: Link, _: ReadBuffer<'_>, _: Result<usize, Errno>) {}

    fn on_after_write(&mut self, _: &mut Ctx, at: Link, wrap: WriteWrap, _: Result<(), Errno>) {
        assert_eq!(wrap.stream(), at.stream());
        assert_eq!(wrap.id().stream(), at.stream());
        self.0.add((Some(wrap.id()), wrap.bytes()));
    }

    fn on_after_shutdown(
        &mut self,
        _: &mut Ctx,
        at: Link,
        wrap: ShutdownWrap,
        _: Result<(), Errno>,
    ) {
        assert_eq!(wrap.stream(), at.stream());
        self.0.add((None, 0));
    }
}

#[test]
fn a_listener_handles_requests_itself() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let handled = Seen::new();
        one.push_listener(&mut pair.lp, Swallows(handled.clone()))
            .unwrap();
        let large = vec![1; TOO_MUCH];
        let pieces = [IoSlice::new(&large)];
        let queued = one.write(&mut pair.lp, &pieces, |_, _, _| panic!("it was handled"));
        let begun = one.shutdown(&mut pair.lp, |_, _, _| panic!("it was handled"));
        assert!(queued.is_async && begun.is_ok());
        other.read_start(&mut pair.lp).unwrap();
        until(&mut pair.lp, |_| handled.len() == 2);
        assert_eq!(handled.all(), [(queued.wrap, large.len()), (None, 0)]);
    });
}

/// `ReportWrites` alone on top of another: requests end there, data passes through.
#[test]
fn reporting_writes_is_transparent_for_reading() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let (data, _) = keep(&mut pair.lp, one);
        let below = Watcher::new(|_, _, heard| {
            assert!(!matches!(heard, Heard::AfterWrite | Heard::AfterShutdown));
        });
        one.push_listener(&mut pair.lp, below).unwrap();
        one.push_listener(&mut pair.lp, ReportWrites).unwrap();
        let _ = write(&mut pair.lp, other, b"through", "through", &seen);
        pair.until_read(one, 7);
        assert_eq!(data.all(), b"through");
        pair.fill(&seen);
        shutdown(&mut pair.lp, one, &seen).unwrap();
        other.read_start(&mut pair.lp).unwrap();
        until(&mut pair.lp, |_| seen.len() == 2);
        assert_eq!(seen.all(), [("fill", Ok(())), ("shutdown", Ok(()))]);
    });
}
