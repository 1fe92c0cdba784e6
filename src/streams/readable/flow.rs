//! Flowing and paused, and who wants to hear what (`flow`, `resume`, `pause`, `emitReadable`, `updateReadableListening`).

use uvox_loop::Ctx;

use super::read::read;
use crate::env;
use crate::listeners::leaf;
use crate::streams::decoder::StringDecoder;
use crate::streams::duplex::Duplex;
use crate::streams::encoding::Encoding;
use crate::streams::events::{Arg, Event};

impl Duplex {
    /// Stops the flow of data: it waits in the stream, and beyond the high-water mark below it (`pause`). 'pause' is emitted, if it was not paused.
    pub fn pause(self, cx: &mut Ctx) {
        leaf(cx, |cx| pause(cx, self));
    }

    /// Lets data flow, from a tick on: to the listeners of 'data', and if there are none, to nowhere (`resume`). 'resume' is emitted then. As long as somebody
    /// listens to 'readable', data does not flow.
    pub fn resume(self, cx: &mut Ctx) {
        leaf(cx, |cx| resume(cx, self));
    }

    /// From now on reads give text (`setEncoding`), also of what waits already. Characters that come in pieces are put together.
    pub fn set_encoding(self, cx: &mut Ctx, encoding: Encoding) {
        let Some(r) = self.readable_half(cx) else {
            return;
        };
        let mut decoder = StringDecoder::new(encoding);
        r.buffer.decode(|chunk| match chunk {
            chunk if chunk.as_text().is_some() => chunk.as_text().unwrap_or("").to_owned(),
            chunk => decoder.write(chunk.as_bytes()),
        });
        r.decoder = Some(Box::new(decoder));
    }
}

pub(in crate::streams) fn pause(cx: &mut Ctx, d: Duplex) {
    if let Some((methods, below)) = d.methods(cx) {
        methods.pausing(cx, d, below);
    }
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    if r.flowing != Some(false) {
        r.flowing = Some(false);
        d.emit(cx, Event::Pause, Arg::None);
    }
    if let Some(r) = d.readable_half(cx) {
        r.paused = Some(true);
    }
}

pub(in crate::streams) fn resume(cx: &mut Ctx, d: Duplex) {
    if let Some((methods, below)) = d.methods(cx) {
        methods.resuming(cx, d, below);
    }
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    r.paused = Some(false);
    if !r.is_flowing() {
        r.flowing = Some(!r.readable_listening);
        if !std::mem::replace(&mut r.resume_scheduled, true) {
            env::next_tick_of(cx, d.key(), |cx, key| resume_now(cx, Duplex::from_key(key)));
        }
    }
}

fn resume_now(cx: &mut Ctx, d: Duplex) {
    if d.readable_half(cx).is_some_and(|r| !r.reading) {
        read(cx, d, Some(0));
    }
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    r.resume_scheduled = false;
    d.emit(cx, Event::Resume, Arg::None);
    flow(cx, d);
    if d.readable_half(cx)
        .is_some_and(|r| r.is_flowing() && !r.reading)
    {
        read(cx, d, Some(0));
    }
}

impl Duplex {
    /// It is as after a pause that nobody is told of: what a stream is made that is paused from the beginning.
    pub(crate) fn make_paused(self, cx: &mut Ctx) {
        if let Some(r) = self.readable_half(cx) {
            r.flowing = Some(false);
        }
    }
}

/// Gives out what there is, as long as it flows.
fn flow(cx: &mut Ctx, d: Duplex) {
    while d.readable_half(cx).is_some_and(|r| r.is_flowing()) && read(cx, d, None).is_some() {}
}

/// 'readable' follows in a tick.
pub(super) fn emit_readable(cx: &mut Ctx, d: Duplex) {
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    r.need_readable = false;
    if !std::mem::replace(&mut r.emitted_readable, true) {
        env::next_tick_of(cx, d.key(), |cx, key| {
            emit_readable_now(cx, Duplex::from_key(key))
        });
    }
}

pub(super) fn emit_readable_now(cx: &mut Ctx, d: Duplex) {
    let Some(state) = d.state_mut(cx) else {
        return;
    };
    let failed = state.destroyed || state.errored.is_some();
    if let Some(r) = &mut state.readable
        && !failed
        && (r.length() > 0 || r.ended)
    {
        d.emit(cx, Event::Readable, Arg::None);
        if let Some(r) = d.readable_half(cx) {
            r.emitted_readable = false;
        }
    }
    if let Some(r) = d.readable_half(cx) {
        r.need_readable |= !r.is_flowing() && !r.ended && r.length() <= r.high_water_mark;
    }
    flow(cx, d);
}

/// Somebody listens to 'data': it flows from now on, unless the stream was paused.
pub(in crate::streams) fn data_is_wanted(cx: &mut Ctx, d: Duplex) {
    let listening = d.has_listeners(cx, Event::Readable);
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    r.data_listening = true;
    r.readable_listening |= listening;
    if r.flowing != Some(false) {
        resume(cx, d);
    }
}

/// A listener of 'data' was taken off.
pub(in crate::streams) fn data_is_unwanted(cx: &mut Ctx, d: Duplex) {
    let listening = d.has_listeners(cx, Event::Data);
    if let Some(r) = d.readable_half(cx) {
        r.data_listening = listening;
    }
}

/// Somebody listens to 'readable': from now on it does not flow.
pub(in crate::streams) fn readable_is_wanted(cx: &mut Ctx, d: Duplex) {
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    if r.end_emitted || r.readable_listening {
        return;
    }
    r.readable_listening = true;
    r.need_readable = true;
    r.flowing = Some(false);
    r.emitted_readable = false;
    if r.length() > 0 {
        emit_readable(cx, d);
    } else if !r.reading {
        env::next_tick_of(cx, d.key(), |cx, key| {
            read(cx, Duplex::from_key(key), Some(0));
        });
    }
}

/// Counts anew who listens to 'readable', in a tick after one was taken off.
pub(in crate::streams) fn recount(cx: &mut Ctx, d: Duplex) {
    let listening = d.has_listeners(cx, Event::Readable);
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    r.readable_listening = listening;
    if r.resume_scheduled && r.paused == Some(false) {
        // What is about to resume has to find it flowing.
        r.flowing = Some(true);
    } else if r.data_listening {
        resume(cx, d);
    } else if !listening {
        r.flowing = None;
    }
}
