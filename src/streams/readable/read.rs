//! Reading (`Readable.prototype.read`).

use bytes::Bytes;
use uvox_loop::Ctx;

use super::end::end_readable;
use super::flow::emit_readable;
use super::state::ReadableState;
use crate::listeners::leaf;
use crate::streams::chunk::Chunk;
use crate::streams::duplex::Duplex;
use crate::streams::events::{Arg, Event};

/// The high-water mark is not raised beyond this (`MAX_HWM`): 1 GiB.
pub const HIGHEST_WATER_MARK: usize = 1 << 30;

impl Duplex {
    /// Takes out of the stream what waits to be read: exactly so much (bytes, or UTF-16 units of text), or, with `None`, all; while data flows, the first
    /// piece. Nothing, if there is not that much; then 'readable' will tell. After the end, what is left, whatever was asked (`read`).
    ///
    /// What is taken is emitted as 'data', too. To ask for more than the high-water mark raises that.
    pub fn read(self, cx: &mut Ctx, len: impl Into<Option<usize>>) -> Option<Chunk> {
        let len = len.into();
        leaf(cx, |cx| read(cx, self, len))
    }
}

impl Duplex {
    /// Takes all that waits, of a stream of bytes, and says whether nothing comes behind it. No 'data' is emitted; but 'end' is, then.
    pub(crate) fn take_waiting(self, cx: &mut Ctx) -> (Vec<Bytes>, bool) {
        let mut waiting = Vec::new();
        let Some(r) = self.readable_half(cx) else {
            return (waiting, true);
        };
        while let Some(chunk) = r.buffer.pop() {
            waiting.push(chunk.into_bytes());
        }
        let is_all = r.ended;
        if is_all {
            leaf(cx, |cx| read(cx, self, Some(0)));
        }
        (waiting, is_all)
    }
}

impl ReadableState {
    /// How much a read gives (`howMuchToRead`).
    fn how_much(&self, asked: Option<usize>) -> usize {
        let length = self.length();
        match asked {
            _ if length == 0 && self.ended => 0,
            None if self.is_flowing() && length > 0 => self.buffer.first_len(),
            None => length,
            Some(asked) if asked <= length => asked,
            Some(_) if self.ended => length,
            Some(_) => 0,
        }
    }
}

/// As [`Duplex::read`], from within.
pub(super) fn read(cx: &mut Ctx, d: Duplex, asked: Option<usize>) -> Option<Chunk> {
    let asked = asked.map(|asked| asked.min(HIGHEST_WATER_MARK));
    let (methods, below) = d.methods(cx)?;
    methods.resuming(cx, d, below);
    let r = d.readable_half(cx)?;
    if let Some(asked) = asked
        && asked > r.high_water_mark
    {
        r.high_water_mark = asked.next_power_of_two();
    }
    if asked != Some(0) {
        r.emitted_readable = false;
    }
    let enough = match r.high_water_mark {
        0 => r.length() > 0,
        mark => r.length() >= mark,
    };
    if asked == Some(0) && r.need_readable && (enough || r.ended) {
        match r.length() == 0 && r.ended {
            true => end_readable(cx, d),
            false => emit_readable(cx, d),
        }
        return None;
    }
    let mut given = r.how_much(asked);
    if given == 0 && r.ended {
        if r.length() == 0 {
            end_readable(cx, d);
        }
        return None;
    }
    if wants_more(cx, d, given) {
        ask_below(cx, d);
        let r = d.readable_half(cx)?;
        if !r.reading {
            given = r.how_much(asked);
        }
    }
    take(cx, d, asked, given)
}

/// Whether what lies below is to be asked first.
fn wants_more(cx: &mut Ctx, d: Duplex, given: usize) -> bool {
    let Some(state) = d.state_mut(cx) else {
        return false;
    };
    let able = !state.destroyed && state.errored.is_none() && state.constructed;
    let Some(r) = &mut state.readable else {
        return false;
    };
    let low = r.length() == 0 || r.length() - given < r.high_water_mark;
    able && !r.reading && !r.ended && (r.need_readable || low)
}

fn ask_below(cx: &mut Ctx, d: Duplex) {
    let Some(r) = d.readable_half(cx) else {
        return;
    };
    r.reading = true;
    r.sync = true;
    r.need_readable |= r.length() == 0;
    let size = r.high_water_mark;
    if let Some((methods, below)) = d.methods(cx) {
        methods.read(cx, d, below, size);
    }
    if let Some(r) = d.readable_half(cx) {
        r.sync = false;
    }
}

/// Takes that much out, if it is there.
fn take(cx: &mut Ctx, d: Duplex, asked: Option<usize>, given: usize) -> Option<Chunk> {
    let state = d.state_mut(cx)?;
    let quiet = state.error_emitted || state.close_emitted;
    let r = state.readable.as_mut()?;
    let taken = match given {
        0 => None,
        given => r.buffer.take(given),
    };
    let mut given = given;
    if taken.is_none() {
        r.need_readable |= r.length() <= r.high_water_mark;
        given = 0;
    } else {
        r.awaits_nobody();
    }
    if r.length() == 0 {
        r.need_readable |= !r.ended;
        if r.ended && asked != Some(given) {
            end_readable(cx, d);
        }
    }
    let taken = taken?;
    if !quiet {
        if let Some(r) = d.readable_half(cx) {
            r.data_emitted = true;
        }
        d.emit(cx, Event::Data, Arg::Data(taken.lend()));
    }
    Some(taken)
}
