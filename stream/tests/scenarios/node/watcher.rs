//! A listener for scenarios: it acts on what it hears, and passes everything on.

use uvox_loop::{Ctx, Errno};
use uvox_stream::node::{Link, ShutdownWrap, StreamListener, WriteWrap};
use uvox_stream::uv::ReadBuffer;

use super::common::{Pair, Seen, write};

/// What a listener can hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    Alloc,
    Read,
    AfterWrite,
    AfterShutdown,
    WantsWrite,
    Destroy,
}

/// All of it that a stream with a descriptor emits.
pub(crate) const ALL: [Heard; 5] = [
    Heard::Alloc,
    Heard::Read,
    Heard::AfterWrite,
    Heard::AfterShutdown,
    Heard::Destroy,
];

/// Acts when it hears something, before or after it passes it on.
pub(crate) struct Watcher<F> {
    act: F,
    passes_first: bool,
}

impl<F: FnMut(&mut Ctx, Link, Heard) + 'static> Watcher<F> {
    pub(crate) fn new(act: F) -> Watcher<F> {
        Watcher {
            act,
            passes_first: false,
        }
    }

    pub(crate) fn passing_first(act: F) -> Watcher<F> {
        Watcher {
            act,
            passes_first: true,
        }
    }

    fn hear<R>(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        heard: Heard,
        pass: impl FnOnce(&mut Ctx) -> R,
    ) -> R {
        if self.passes_first {
            let result = pass(cx);
            (self.act)(cx, at, heard);
            result
        } else {
            (self.act)(cx, at, heard);
            pass(cx)
        }
    }
}

impl<F: FnMut(&mut Ctx, Link, Heard) + 'static> StreamListener for Watcher<F> {
    fn on_alloc(&mut self, cx: &mut Ctx, at: Link, suggested: usize) -> Option<Vec<u8>> {
        assert_eq!(suggested, Ctx::SCRATCH_SIZE);
        self.hear(cx, at, Heard::Alloc, |cx| at.pass_alloc(cx, suggested))
    }

    fn on_read(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        buffer: ReadBuffer<'_>,
        result: Result<usize, Errno>,
    ) {
        self.hear(cx, at, Heard::Read, |cx| at.pass_read(cx, buffer, result));
    }

    fn on_after_write(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: WriteWrap,
        status: Result<(), Errno>,
    ) {
        self.hear(cx, at, Heard::AfterWrite, |cx| {
            at.pass_after_write(cx, wrap, status);
        });
    }

    fn on_after_shutdown(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: ShutdownWrap,
        status: Result<(), Errno>,
    ) {
        self.hear(cx, at, Heard::AfterShutdown, |cx| {
            at.pass_after_shutdown(cx, wrap, status);
        });
    }

    fn on_wants_write(&mut self, cx: &mut Ctx, at: Link, suggested: usize) {
        self.hear(cx, at, Heard::WantsWrite, |cx| {
            at.pass_wants_write(cx, suggested);
        });
    }

    fn on_destroy(&mut self, cx: &mut Ctx, at: Link) {
        (self.act)(cx, at, Heard::Destroy);
    }
}

/// Tells when it is dropped.
struct Dropped(Seen<&'static str>, &'static str);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.add(self.1);
    }
}

/// Sends a byte to the other end, and runs until it was read there.
pub(crate) fn send(pair: &mut Pair, byte: u8) {
    let before = pair.other.bytes_read(&pair.lp);
    let sent = write(&mut pair.lp, pair.one, &[byte], "byte", &Seen::new());
    assert!(!sent.is_async);
    pair.until_read(pair.other, before as usize + 1);
}

/// A listener that says its name at each read, then does something, and passes on before or after.
pub(crate) fn named(
    seen: &Seen<&'static str>,
    name: &'static str,
    passes_first: bool,
    mut act: impl FnMut(&mut Ctx, Link) + 'static,
) -> impl StreamListener {
    let (seen, dropped) = (seen.clone(), Dropped(seen.clone(), "dropped"));
    let act = move |cx: &mut Ctx, at: Link, heard| {
        let _ = &dropped;
        if heard == Heard::Read {
            seen.add(name);
            act(cx, at);
        }
    };
    if passes_first {
        Watcher::passing_first(act)
    } else {
        Watcher::new(act)
    }
}
