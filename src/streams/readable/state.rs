//! What the readable half is, and what can be asked of it.

use std::fmt;
use std::rc::Rc;

use uvox_loop::Ctx;

use super::buffer::Buffer;
use crate::streams::decoder::StringDecoder;
use crate::streams::duplex::Duplex;
use crate::streams::encoding::Encoding;
use crate::streams::options::Options;
use crate::streams::pipe::Pipe;

/// The state of the readable half (`ReadableState`).
pub(in crate::streams) struct ReadableState {
    /// A duplex may be made without it.
    pub(in crate::streams) enabled: bool,
    pub(super) high_water_mark: usize,
    pub(super) buffer: Buffer,
    pub(super) decoder: Option<Box<StringDecoder>>,
    /// Whether data is given out as it comes; nothing before anybody has said so, one way or the other.
    pub(in crate::streams) flowing: Option<bool>,
    /// Whether it was paused or resumed explicitly, and which.
    pub(super) paused: Option<bool>,
    /// What lies below has said that this is all.
    pub(in crate::streams) ended: bool,
    pub(in crate::streams) end_emitted: bool,
    /// What lies below has been asked for data, and has not answered.
    pub(super) reading: bool,
    /// It is being asked right now, or has never been asked.
    pub(super) sync: bool,
    /// Somebody found too little, and waits for 'readable'.
    pub(super) need_readable: bool,
    pub(super) emitted_readable: bool,
    /// Somebody listens to 'readable', as of the last tick that counted.
    pub(super) readable_listening: bool,
    pub(in crate::streams) data_listening: bool,
    pub(super) resume_scheduled: bool,
    pub(super) reading_more: bool,
    pub(super) data_emitted: bool,
    /// What lies below reads on without being asked.
    pub(super) fed: bool,
    /// Absent as long as it was never piped.
    pub(in crate::streams) piping: Option<Box<Piping>>,
}

/// Where a stream is piped to.
#[derive(Default)]
pub(in crate::streams) struct Piping {
    pub(in crate::streams) pipes: Vec<Rc<Pipe>>,
    pub(in crate::streams) awaited: Awaited,
}

/// The streams that this one is piped into and that have to drain first (`awaitDrainWriters`).
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::streams) enum Awaited {
    #[default]
    Nobody,
    One(Duplex),
    /// When there is, or was, more than one (`multiAwaitDrain`).
    Set(Vec<Duplex>),
}

impl Awaited {
    pub(in crate::streams) fn is_empty(&self) -> bool {
        match self {
            Awaited::Nobody => true,
            Awaited::One(_) => false,
            Awaited::Set(set) => set.is_empty(),
        }
    }

    pub(in crate::streams) fn clear(&mut self) {
        match self {
            Awaited::Set(set) => set.clear(),
            other => *other = Awaited::Nobody,
        }
    }
}

impl ReadableState {
    pub(in crate::streams) fn new(options: &Options, enabled: bool) -> ReadableState {
        ReadableState {
            enabled,
            high_water_mark: options.readable_high_water_mark,
            buffer: Buffer::default(),
            decoder: options.encoding.map(StringDecoder::new).map(Box::new),
            flowing: None,
            paused: None,
            ended: !enabled,
            end_emitted: !enabled,
            reading: false,
            sync: true,
            need_readable: false,
            emitted_readable: false,
            readable_listening: false,
            data_listening: false,
            resume_scheduled: false,
            reading_more: false,
            data_emitted: false,
            fed: false,
            piping: None,
        }
    }

    pub(in crate::streams) fn is_flowing(&self) -> bool {
        self.flowing == Some(true)
    }

    pub(in crate::streams) fn length(&self) -> usize {
        self.buffer.len()
    }

    /// There is more to come, after all (`undestroy`).
    pub(in crate::streams) fn revive(&mut self) {
        self.reading = false;
        self.ended = !self.enabled;
        self.end_emitted = !self.enabled;
    }

    /// Whether what is pushed goes to the listeners, past the buffer.
    pub(super) fn gives_out_at_once(&self) -> bool {
        self.is_flowing() && !self.sync && self.data_listening && self.length() == 0
    }

    /// Whether bytes that are pushed go to the listeners as they are.
    #[inline]
    pub(super) fn lets_through(&self) -> bool {
        // Not one after the other: that would be a branch for each.
        let is_closed = self.sync | self.ended | !self.data_listening | !self.is_flowing();
        !is_closed && self.decoder.is_none() && self.length() == 0
    }

    /// A piece is given out.
    pub(super) fn given_out(&mut self) {
        self.awaits_nobody();
        self.data_emitted = true;
    }

    /// Whoever had to drain has done so, or is not waited for any more.
    #[inline]
    pub(super) fn awaits_nobody(&mut self) {
        if let Some(piping) = &mut self.piping {
            piping.awaited.clear();
        }
    }

    /// Where it is piped to.
    pub(in crate::streams) fn piping(&mut self) -> &mut Piping {
        self.piping.get_or_insert_default()
    }

    /// Whether a `read(0)` would do nothing but ask what lies below, which reads on anyway.
    #[inline]
    pub(super) fn only_awaits_more(&self) -> bool {
        let is_closed = self.sync | self.ended | !self.is_flowing();
        !is_closed & self.fed & self.need_readable && self.length() == 0
    }

    /// Whether more may be pushed.
    pub(super) fn can_push_more(&self) -> bool {
        !self.ended && (self.length() < self.high_water_mark || self.length() == 0)
    }
}

impl Duplex {
    fn readable_view(self, cx: &Ctx) -> Option<&ReadableState> {
        self.state(cx)?.readable.as_ref()
    }

    /// Whether it can be read: not if it was destroyed, has failed, or was read to the end (`readable`).
    pub fn is_readable(self, cx: &Ctx) -> bool {
        self.state(cx).is_some_and(|state| {
            !state.destroyed
                && !state.error_emitted
                && state
                    .readable
                    .as_ref()
                    .is_some_and(|r| r.enabled && !r.end_emitted)
        })
    }

    /// Whether all that came from below has been given out, so that nothing would be lost with the stream.
    pub(crate) fn has_given_all(self, cx: &Ctx) -> bool {
        self.readable_view(cx).is_none_or(|r| {
            let holds_back = |decoder: &StringDecoder| decoder.holds_back();
            r.length() == 0 && !r.decoder.as_deref().is_some_and(holds_back)
        })
    }

    /// How much waits to be read: bytes, or, of text, UTF-16 units (`readableLength`).
    pub fn readable_length(self, cx: &Ctx) -> usize {
        self.readable_view(cx).map_or(0, ReadableState::length)
    }

    /// What lies below reads on, says that, and [pushes](Duplex::push) whatever comes, until it says that it does not: to ask it for more would change nothing.
    pub fn set_fed(self, cx: &mut Ctx, fed: bool) {
        if let Some(r) = self.readable_half(cx) {
            r.fed = fed;
        }
    }

    /// Whether it does.
    pub fn is_fed(self, cx: &Ctx) -> bool {
        self.readable_view(cx).is_some_and(|r| r.fed)
    }

    /// From how much on what lies below is not asked for more (`readableHighWaterMark`).
    pub fn readable_high_water_mark(self, cx: &Ctx) -> usize {
        self.readable_view(cx).map_or(0, |r| r.high_water_mark)
    }

    /// Whether data is given out as it comes; nothing as long as nobody wants it (`readableFlowing`).
    pub fn readable_flowing(self, cx: &Ctx) -> Option<bool> {
        self.readable_view(cx)?.flowing
    }

    /// Whether 'end' has been emitted (`readableEnded`).
    pub fn readable_ended(self, cx: &Ctx) -> bool {
        self.readable_view(cx).is_some_and(|r| r.end_emitted)
    }

    /// Whether any data has been given out (`readableDidRead`).
    pub fn readable_did_read(self, cx: &Ctx) -> bool {
        self.readable_view(cx).is_some_and(|r| r.data_emitted)
    }

    /// The encoding of what is read (`readableEncoding`).
    pub fn readable_encoding(self, cx: &Ctx) -> Option<Encoding> {
        Some(self.readable_view(cx)?.decoder.as_ref()?.encoding())
    }

    /// Whether it was paused (`isPaused`).
    pub fn is_paused(self, cx: &Ctx) -> bool {
        self.readable_view(cx)
            .is_some_and(|r| r.paused == Some(true) || r.flowing == Some(false))
    }
}

impl fmt::Debug for ReadableState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadableState")
            .field("length", &self.length())
            .field("flowing", &self.flowing)
            .field("reading", &self.reading)
            .field("ended", &self.ended)
            .field("end_emitted", &self.end_emitted)
            .finish_non_exhaustive()
    }
}
