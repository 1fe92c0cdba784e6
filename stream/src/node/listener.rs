//! Who hears what a stream does.

use uvox_loop::{Ctx, Errno};

use super::request::{ShutdownWrap, WriteWrap};
use super::resource::Link;
use crate::uv::ReadBuffer;

/// Hears what a stream does (`StreamListener`).
///
/// A stream has a chain of them. The current one, which was pushed last, hears of everything first; what it does not want it passes to the one
/// below, by the `pass_…` functions of its place `at`. What it leaves out here is passed on as Node does it.
///
/// # While it runs
///
/// - Its place in the chain stays its own, and it may do anything: push others, remove or replace itself or others, read, write, close.
/// - It goes back to its place when it returns; if that was taken from it, it is dropped then.
/// - It is not entered again: what is emitted meanwhile goes to the first below it that does not run, and if there is none, a request completes
///   nonetheless, and data is lost.
pub trait StreamListener: 'static {
    /// A buffer is wanted for the next read, of about that size (`OnStreamAlloc`). `None` lends the loop's own; one without length says
    /// that there is no room, and `ENOBUFS` is read.
    fn on_alloc(&mut self, cx: &mut Ctx, at: Link, suggested: usize) -> Option<Vec<u8>>;

    /// So many bytes were read into the front of `buffer`, which is the one that was given, or the loop's own; none, if the read found none
    /// after all. Or an error: [`Errno::EOF`] at the end (`OnStreamRead`). After an error the stream does not read any more.
    fn on_read(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        buffer: ReadBuffer<'_>,
        result: Result<usize, Errno>,
    );

    /// Whether it wants to hear what is read. If nobody above a [pipe](super::StreamPipe) does, the bytes may go by within the kernel; so who says no must pass on
    /// what it reads, all the same. It is asked when the listener is put into the chain.
    fn hears_data(&self) -> bool {
        true
    }

    /// A write that was queued is over (`OnStreamAfterWrite`). Passed on if not handled; who handles it [completes](WriteWrap::complete)
    /// it, or drops it if nobody is to hear of it.
    fn on_after_write(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: WriteWrap,
        status: Result<(), Errno>,
    ) {
        at.pass_after_write(cx, wrap, status);
    }

    /// The same for a shutdown (`OnStreamAfterShutdown`).
    fn on_after_shutdown(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        wrap: ShutdownWrap,
        status: Result<(), Errno>,
    ) {
        at.pass_after_shutdown(cx, wrap, status);
    }

    /// The stream could take about that much (`OnStreamWantsWrite`): emitted by streams that pull. Nothing, if not handled.
    fn on_wants_write(&mut self, cx: &mut Ctx, at: Link, suggested: usize) {
        let _ = (cx, at, suggested);
    }

    /// The stream ends, after its close callback, and the listener with it (`OnStreamDestroy`). The current one hears it first.
    fn on_destroy(&mut self, cx: &mut Ctx, at: Link) {
        let _ = (cx, at);
    }
}
