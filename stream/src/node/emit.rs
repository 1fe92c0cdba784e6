//! How what a stream does comes to its listeners (`StreamResource::Emit…`), and from one to the next.

use uvox_loop::{Ctx, Errno, emit, trace};

use super::base::{BaseState, StreamBase};
use super::listener::StreamListener;
use super::listeners::ReportUpward;
use super::reader::Reader;
use super::request::{ShutdownWrap, WriteWrap};
use super::resource::Link;
use crate::uv::ReadBuffer;

/// A listener on its way. Whatever happens, it goes back to its place, if that is still its own.
struct Visit<'a> {
    cx: &'a mut Ctx,
    at: Link,
    listener: Option<Box<dyn StreamListener>>,
}

impl Drop for Visit<'_> {
    fn drop(&mut self) {
        if let Some(listener) = self.listener.take()
            && let Some(resource) = self.at.stream().resource(self.cx)
        {
            let removed = resource.put_back(self.at, listener);
            drop(removed);
        }
    }
}

/// Calls the current listener, or the first below a place, with `what`; gives it back if there is none.
fn visit<P, R>(
    cx: &mut Ctx,
    stream: StreamBase,
    below: Option<Link>,
    what: P,
    call: impl FnOnce(&mut dyn StreamListener, &mut Ctx, Link, P) -> R,
) -> Result<R, P> {
    let taken = stream
        .resource(cx)
        .and_then(|resource| resource.take(stream, below));
    let Some((at, listener)) = taken else {
        return Err(what);
    };
    let mut visit = Visit {
        cx,
        at,
        listener: Some(listener),
    };
    match &mut visit.listener {
        Some(listener) => Ok(call(&mut **listener, visit.cx, at, what)),
        None => Err(what),
    }
}

/// What the makers of streams tell, from a phase of the loop.
impl StreamBase {
    /// Asks for a buffer to read into (`EmitAlloc`); `None` means the loop's own.
    pub fn emit_alloc(self, cx: &mut Ctx, suggested: usize) -> Option<Vec<u8>> {
        alloc(cx, self, None, suggested)
    }

    /// Something was read (`EmitRead`).
    pub fn emit_read(self, cx: &mut Ctx, buffer: ReadBuffer<'_>, result: Result<usize, Errno>) {
        let Some(state) = cx.state_mut(self.0) else {
            return;
        };
        state.resource.bytes_read += result.unwrap_or(0) as u64;
        // Most of the time nobody stands before the layer above: what the listener would do is done for it.
        let told = ReportUpward::told(&buffer, result);
        let hearer = match told.is_some() && state.resource.reports_upward() {
            true => state.take_hearer(),
            false => None,
        };
        let _cause = emit!(Base, "base.onread" @ self.0, result = result).map(trace::cause);
        match (hearer, told) {
            (Some(hearer), Some(data)) => self.tell(cx, hearer, data),
            _ => read(cx, self, None, buffer, result),
        }
    }

    /// The same of bytes in the loop's own buffer. Most of the time they are, and nobody stands before the layer above, and nobody watches: that takes as few
    /// steps as there can be.
    #[inline(always)]
    pub(super) fn emit_lent(self, cx: &mut Ctx, bytes: &[u8]) {
        if self.emit_upward(cx, bytes).is_none() {
            self.emit_read(cx, ReadBuffer::Lent(bytes), Ok(bytes.len()));
        }
    }

    /// To the layer above, without a detour. `None`, and nothing is done, if it is another case.
    #[inline(always)]
    fn emit_upward(self, cx: &mut Ctx, bytes: &[u8]) -> Option<()> {
        if trace::on() {
            return None;
        }
        let state = cx.state_mut(self.0)?;
        if !state.resource.reports_upward() {
            return None;
        }
        if let Some(Reader { key, functions }) = state.reader {
            state.resource.bytes_read += bytes.len() as u64;
            (functions.lent)(cx, key, self, bytes);
            return Some(());
        }
        let on_read = state.on_read.take()?;
        state.resource.bytes_read += bytes.len() as u64;
        cx.call_taken(
            self.0,
            |state: &mut BaseState| &mut state.on_read,
            on_read,
            |on_read, cx| on_read(cx, self, Ok(bytes)),
        )
    }

    /// The stream could take about that much (`EmitWantsWrite`).
    pub fn emit_wants_write(self, cx: &mut Ctx, suggested: usize) {
        let _cause =
            emit!(Base, "base.wants_write" @ self.0, suggested = suggested).map(trace::cause);
        wants_write(cx, self, None, suggested);
    }

    /// A write is over (`EmitAfterWrite`).
    pub(super) fn emit_after_write(self, cx: &mut Ctx, wrap: WriteWrap, status: Result<(), Errno>) {
        let _cause =
            emit!(Base, "base.after_write" @ self.0, bytes = wrap.bytes(), result = status)
                .map(trace::cause);
        after_write(cx, self, None, wrap, status);
    }

    /// A shutdown is over (`EmitAfterShutdown`).
    pub(super) fn emit_after_shutdown(
        self,
        cx: &mut Ctx,
        wrap: ShutdownWrap,
        status: Result<(), Errno>,
    ) {
        let _cause = emit!(Base, "base.after_shutdown" @ self.0, result = status).map(trace::cause);
        after_shutdown(cx, self, None, wrap, status);
    }

    /// The end of the stream, told to one listener after another, the current one first, and the last word to each.
    pub(super) fn emit_destroy(self, cx: &mut Ctx) {
        // Those that are there now: what one of them pushes meanwhile goes with the stream, unheard.
        for _ in 0..self.resource(cx).map_or(0, |resource| resource.len()) {
            let Some(top) = self.current_listener(cx) else {
                return;
            };
            let destroyed = Destroyed { cx, top };
            let _ = visit(destroyed.cx, self, None, (), |listener, cx, at, ()| {
                listener.on_destroy(cx, at);
            });
        }
    }
}

/// A listener that is told of the end. Whatever happens, it is told once: if it panics, the next closing phase goes on with those below it.
struct Destroyed<'a> {
    cx: &'a mut Ctx,
    top: Link,
}

impl Drop for Destroyed<'_> {
    fn drop(&mut self) {
        // It may have done so itself.
        let _ = self.top.remove(self.cx);
    }
}

/// What a listener passes to the one below it.
impl Link {
    /// Lets the one below give the buffer. Who does so passes it what is read as well.
    pub fn pass_alloc(self, cx: &mut Ctx, suggested: usize) -> Option<Vec<u8>> {
        alloc(cx, self.stream(), Some(self), suggested)
    }

    /// Passes on what was read, or the error (`PassReadErrorToPreviousListener`).
    pub fn pass_read(self, cx: &mut Ctx, buffer: ReadBuffer<'_>, result: Result<usize, Errno>) {
        read(cx, self.stream(), Some(self), buffer, result);
    }

    /// Passes on that a write is over.
    pub fn pass_after_write(self, cx: &mut Ctx, wrap: WriteWrap, status: Result<(), Errno>) {
        after_write(cx, self.stream(), Some(self), wrap, status);
    }

    /// Passes on that a shutdown is over.
    pub fn pass_after_shutdown(self, cx: &mut Ctx, wrap: ShutdownWrap, status: Result<(), Errno>) {
        after_shutdown(cx, self.stream(), Some(self), wrap, status);
    }

    /// Passes on that the stream could take about that much.
    pub fn pass_wants_write(self, cx: &mut Ctx, suggested: usize) {
        wants_write(cx, self.stream(), Some(self), suggested);
    }
}

fn alloc(
    cx: &mut Ctx,
    stream: StreamBase,
    below: Option<Link>,
    suggested: usize,
) -> Option<Vec<u8>> {
    let asked = visit(cx, stream, below, (), |listener, cx, at, ()| {
        listener.on_alloc(cx, at, suggested)
    });
    asked.ok().flatten()
}

fn read(
    cx: &mut Ctx,
    stream: StreamBase,
    below: Option<Link>,
    buffer: ReadBuffer<'_>,
    result: Result<usize, Errno>,
) {
    // Data that nobody is there to hear is lost.
    let _ = visit(cx, stream, below, buffer, |listener, cx, at, buffer| {
        listener.on_read(cx, at, buffer, result);
    });
}

fn wants_write(cx: &mut Ctx, stream: StreamBase, below: Option<Link>, suggested: usize) {
    let _ = visit(cx, stream, below, (), |listener, cx, at, ()| {
        listener.on_wants_write(cx, at, suggested);
    });
}

fn after_write(
    cx: &mut Ctx,
    stream: StreamBase,
    below: Option<Link>,
    wrap: WriteWrap,
    status: Result<(), Errno>,
) {
    let told = visit(cx, stream, below, wrap, |listener, cx, at, wrap| {
        listener.on_after_write(cx, at, wrap, status);
    });
    if let Err(wrap) = told {
        wrap.complete(cx, status);
    }
}

fn after_shutdown(
    cx: &mut Ctx,
    stream: StreamBase,
    below: Option<Link>,
    wrap: ShutdownWrap,
    status: Result<(), Errno>,
) {
    let told = visit(cx, stream, below, wrap, |listener, cx, at, wrap| {
        listener.on_after_shutdown(cx, at, wrap, status);
    });
    if let Err(wrap) = told {
        wrap.complete(cx, status);
    }
}
