//! What the loop's phases do with an end in memory, and how bytes come from one to the other.

use uvox_loop::{Ctx, Errno, Key};

use super::{End, MemoryState, Sending, Source};
use crate::node::base::StreamBase;
use crate::uv::ReadBuffer;

/// Something is there to be read, or may be over.
pub(super) fn on_ready(cx: &mut Ctx, key: Key) {
    let end = End::from_key(key);
    run_reads(cx, end);
    if !cx.is_closing(end) {
        run_completions(cx, end);
    }
}

/// Something is over.
pub(super) fn on_fed(cx: &mut Ctx, key: Key) {
    run_completions(cx, End::from_key(key));
}

/// Reads what has arrived, within the loop's budget.
fn run_reads(cx: &mut Ctx, end: End) {
    let (reads, budget) = (cx.budgets().reads, cx.budgets().read_bytes);
    let mut bytes = 0;
    for _ in 0..reads {
        match read_once(cx, end) {
            Some(count) => bytes += count,
            None => return,
        }
        if bytes >= budget {
            break;
        }
    }
    call_reader(cx, end);
}

/// `None`: no other read is to follow in this turn.
fn read_once(cx: &mut Ctx, end: End) -> Option<usize> {
    let base = reader_of(cx, end)?;
    let buffer = base.emit_alloc(cx, Ctx::SCRATCH_SIZE);
    // The listener may have stopped or closed the stream: then there is nobody to read for.
    reader_of(cx, end)?;
    let is_lent = buffer.is_none();
    let mut target = match buffer {
        Some(buffer) => buffer,
        None => cx.take_scratch().into_vec(),
    };
    let result = if target.is_empty() {
        let _ = cx.requeue(end);
        Err(Errno::ENOBUFS)
    } else {
        cx.state_mut(end)?.read(&mut target)
    };
    if result.is_err_and(|errno| errno != Errno::ENOBUFS) {
        let _ = cx.set_active(end, false);
    }
    // What was taken out makes room for what the other end has waiting.
    if let Some(peer) = cx.state(end).and_then(|state| state.peer) {
        send(cx, peer);
    }
    if is_lent {
        base.emit_read(cx, ReadBuffer::Lent(&target[..result.unwrap_or(0)]), result);
        cx.put_scratch(target.into_boxed_slice());
    } else {
        base.emit_read(cx, ReadBuffer::Own(target), result);
    }
    result.ok()
}

/// The stream base of an end that has something to read for somebody.
fn reader_of(cx: &Ctx, end: End) -> Option<StreamBase> {
    let state = cx.state(end)?;
    if cx.is_closing(end) || !state.has_to_read() {
        return None;
    }
    state.base
}

/// Reports the writes that are over, and then shuts down if that is due.
fn run_completions(cx: &mut Ctx, end: End) {
    report_finished(cx, end);
    if !cx.is_closing(end) {
        drain(cx, end);
    }
}

/// Reports those that are over now; what the callbacks add is for later.
fn report_finished(cx: &mut Ctx, end: End) {
    for _ in 0..cx.state(end).map_or(0, |state| state.finished.len()) {
        let next = cx
            .state_mut(end)
            .and_then(|state| state.finished.pop_front());
        let Some((wrap, status)) = next else {
            return;
        };
        // It fails only for a user who ended requests that were not theirs.
        let _ = cx.end_request();
        wrap.done(cx, status);
    }
}

/// Ends what is sent, if that is due and everything is sent.
fn drain(cx: &mut Ctx, end: End) {
    let closing = cx.is_closing(end);
    let Some(state) = cx.state_mut(end) else {
        return;
    };
    if !state.waiting.is_empty() || !matches!(state.sending, Sending::Ending(_)) {
        return;
    }
    let Sending::Ending(wrap) = std::mem::replace(&mut state.sending, Sending::Ended) else {
        return;
    };
    let peer = state.peer;
    let _ = cx.end_request();
    if closing {
        return wrap.done(cx, Err(Errno::ECANCELED));
    }
    if let Some(peer) = peer {
        end_source(cx, peer, Source::Ended);
    }
    wrap.done(cx, Ok(()));
}

/// Nothing more will arrive at an end.
fn end_source(cx: &mut Ctx, end: End, source: Source) {
    if let Some(state) = cx.state_mut(end)
        && matches!(state.source, Source::Open | Source::Ended)
    {
        state.source = source;
    }
    call_reader(cx, end);
}

/// The other end finds out that this one is gone.
pub(super) fn on_stop(cx: &mut Ctx, key: Key) {
    let end = End::from_key(key);
    let Some(state) = cx.state_mut(end) else {
        return;
    };
    state.reading = false;
    let unread = !state.arrived.is_empty();
    let Some(peer) = state.peer.take() else {
        return;
    };
    if let Some(state) = cx.state_mut(peer) {
        state.peer = None;
        state.fail_waiting(Errno::EPIPE);
    }
    end_source(cx, peer, if unread { Source::Reset } else { Source::Ended });
    // One that is closing, too, reports in its closing phase.
    let _ = cx.feed(peer);
}

/// Cancels what is left, in order; and the stream base goes with its handle.
pub(super) fn on_close(cx: &mut Ctx, key: Key) {
    let end = End::from_key(key);
    if let Some(state) = cx.state_mut(end) {
        state.fail_waiting(Errno::ECANCELED);
    }
    report_finished(cx, end);
    drain(cx, end);
    if let Some(base) = cx.state(end).and_then(|state| state.base) {
        base.destroy(cx);
    }
}

/// Whoever reads the end is called in the next poll phase, if there is something for him.
pub(super) fn call_reader(cx: &mut Ctx, end: End) {
    if cx.state(end).is_some_and(MemoryState::has_to_read) {
        // One that is closing has nobody to call.
        let _ = cx.requeue(end);
    }
}

/// Sends what waits, as far as there is room at the other end.
pub(super) fn send(cx: &mut Ctx, end: End) {
    let Some(peer) = cx.state(end).and_then(|state| state.peer) else {
        return;
    };
    let room = cx.state(peer).map_or(0, MemoryState::room);
    let Some(state) = cx.state_mut(end) else {
        return;
    };
    let taken = state.take_waiting(room);
    let finished = !state.finished.is_empty();
    if let Some(state) = cx.state_mut(peer) {
        for bytes in taken {
            state.arrived.extend(&bytes[..]);
        }
    }
    call_reader(cx, peer);
    if finished {
        // One that is closing reports them in its closing phase.
        let _ = cx.feed(end);
    }
}
