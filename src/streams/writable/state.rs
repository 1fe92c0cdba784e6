//! What the writable half is, and what can be asked of it.

use std::collections::VecDeque;
use std::fmt;

use uvox_loop::Ctx;

use crate::Error;
use crate::streams::chunk::Chunk;
use crate::streams::duplex::{Duplex, DuplexState};
use crate::streams::errors;
use crate::streams::options::Options;

/// The callback of a write or of an end.
pub(super) type Written = Box<dyn FnOnce(&mut Ctx, Result<(), Error>)>;

/// The state of the writable half (`WritableState`).
pub(in crate::streams) struct WritableState {
    /// A duplex may be made without it.
    pub(in crate::streams) enabled: bool,
    pub(super) high_water_mark: usize,
    /// More than this is never buffered.
    pub(super) limit: usize,
    pub(super) decode_strings: bool,
    /// Written and not sent yet.
    pub(in crate::streams) length: usize,
    pub(super) corked: u32,
    /// What lies below has been asked to write, and has not answered.
    pub(super) writing: bool,
    /// It is being asked right now.
    pub(super) sync: bool,
    /// How much it was asked to write.
    pub(super) write_len: usize,
    /// The buffer is being worked off.
    pub(super) buffer_processing: bool,
    /// Absent as long as nothing ever waited.
    pub(super) queue: Option<Box<Queue>>,
    /// How many writes have not been told yet, and how many steps before the end have not been taken.
    pub(in crate::streams) pending_callbacks: usize,
    /// A tick is on its way that may emit 'drain'.
    pub(super) after_write_pending: bool,
    pub(super) need_drain: bool,
    /// `end` was called.
    pub(in crate::streams) ending: bool,
    /// It has returned.
    pub(in crate::streams) ended: bool,
    pub(super) final_called: bool,
    pub(super) prefinished: bool,
    pub(in crate::streams) finished: bool,
}

/// What waits, and who waits.
#[derive(Default)]
pub(super) struct Queue {
    /// Who waits for what is being written.
    pub(super) callbacks: Vec<Written>,
    pub(super) buffered: VecDeque<Buffered>,
    /// Who waits for the end.
    pub(super) on_finished: Vec<Written>,
}

/// A write that waits.
pub(super) struct Buffered {
    pub(super) chunk: Chunk,
    pub(super) callback: Option<Written>,
}

impl WritableState {
    pub(in crate::streams) fn new(options: &Options, enabled: bool) -> WritableState {
        WritableState {
            enabled,
            high_water_mark: options.writable_high_water_mark,
            limit: options.write_limit.unwrap_or(usize::MAX),
            decode_strings: options.decode_strings,
            length: 0,
            corked: 0,
            writing: false,
            sync: true,
            write_len: 0,
            buffer_processing: false,
            queue: None,
            pending_callbacks: 0,
            after_write_pending: false,
            need_drain: false,
            ending: !enabled,
            ended: !enabled,
            final_called: false,
            prefinished: false,
            finished: !enabled,
        }
    }
}

impl WritableState {
    /// Why no write of that length is taken, if none is.
    #[inline]
    pub(super) fn refusal(&self, len: usize, destroyed: bool) -> Option<Error> {
        match self.ending || destroyed || self.length.saturating_add(len) > self.limit {
            true => self.why_refused(len, destroyed),
            false => None,
        }
    }

    #[cold]
    fn why_refused(&self, len: usize, destroyed: bool) -> Option<Error> {
        if self.ending {
            Some(errors::write_after_end())
        } else if self.length.saturating_add(len) > self.limit {
            Some(errors::buffer_full(self.limit))
        } else {
            destroyed.then(|| errors::destroyed("write"))
        }
    }

    /// Whether a write that nobody waits for is all there would be to do: nothing waits before it, or for it.
    #[inline]
    pub(super) fn is_idle(&self) -> bool {
        // Not one after the other: that would be a branch for each.
        let is_busy = self.ending | self.writing | self.need_drain | (self.corked > 0);
        !is_busy && self.waiting() == 0
    }

    /// What lies below was given so much.
    pub(super) fn is_given(&mut self, len: usize) {
        self.pending_callbacks += 1;
        self.length += len;
        self.write_len = len;
        self.writing = true;
    }

    /// It can be written to, after all (`undestroy`).
    pub(in crate::streams) fn revive(&mut self) {
        self.final_called = false;
        self.prefinished = false;
        self.ended = !self.enabled;
        self.ending = !self.enabled;
        self.finished = !self.enabled;
    }

    /// How many bytes wait that were not given to what lies below yet.
    pub(in crate::streams) fn buffered_bytes(&self) -> usize {
        let buffered = self.queue.iter().flat_map(|queue| &queue.buffered);
        buffered.map(|waiting| waiting.chunk.as_bytes().len()).sum()
    }

    /// Whether there are writes that wait, or that have not all been given away yet.
    pub(in crate::streams) fn has_buffered(&self) -> bool {
        self.waiting() > 0 || self.buffer_processing
    }

    /// Whether somebody waits for the end.
    pub(in crate::streams) fn is_awaited(&self) -> bool {
        self.queue
            .as_ref()
            .is_some_and(|queue| !queue.on_finished.is_empty())
    }

    /// How many writes wait.
    #[inline]
    pub(super) fn waiting(&self) -> usize {
        self.queue.as_ref().map_or(0, |queue| queue.buffered.len())
    }

    /// What waits, made if it is not there.
    pub(super) fn queue(&mut self) -> &mut Queue {
        self.queue.get_or_insert_default()
    }

    /// The write that waits longest.
    pub(super) fn take_next(&mut self) -> Option<Buffered> {
        self.queue.as_mut()?.buffered.pop_front()
    }

    /// All writes that wait.
    pub(super) fn take_waiting(&mut self) -> VecDeque<Buffered> {
        let queue = self.queue.as_mut();
        queue.map_or_else(VecDeque::new, |queue| std::mem::take(&mut queue.buffered))
    }

    /// Those who wait for what is being written.
    pub(super) fn take_callbacks(&mut self) -> Vec<Written> {
        let queue = self.queue.as_mut();
        queue.map_or_else(Vec::new, |queue| std::mem::take(&mut queue.callbacks))
    }
}

impl DuplexState {
    /// The half, if the stream was made with one that can be used.
    fn usable(&self) -> Option<&WritableState> {
        self.writable.as_ref().filter(|w| w.enabled)
    }
}

impl Duplex {
    /// How many bytes wait that were not given to what lies below yet.
    pub(crate) fn writable_buffered_bytes(self, cx: &Ctx) -> usize {
        self.writable_view(cx)
            .map_or(0, WritableState::buffered_bytes)
    }

    fn writable_view(self, cx: &Ctx) -> Option<&WritableState> {
        self.state(cx)?.writable.as_ref()
    }

    /// Whether it can be written to: not if it was ended, destroyed, or has failed (`writable`).
    pub fn is_writable(self, cx: &Ctx) -> bool {
        self.state(cx).is_some_and(|state| {
            state.usable().is_some_and(|w| !w.ending) && !state.destroyed && state.errored.is_none()
        })
    }

    /// How many bytes were written and are not out yet (`writableLength`).
    pub fn writable_length(self, cx: &Ctx) -> usize {
        self.writable_view(cx).map_or(0, |w| w.length)
    }

    /// From how many on a write says that it is enough (`writableHighWaterMark`).
    pub fn writable_high_water_mark(self, cx: &Ctx) -> usize {
        self.writable_view(cx).map_or(0, |w| w.high_water_mark)
    }

    /// Whether a write said that it is enough, and 'drain' will follow (`writableNeedDrain`).
    pub fn writable_need_drain(self, cx: &Ctx) -> bool {
        let destroyed = self.is_destroyed(cx);
        self.writable_view(cx)
            .is_some_and(|w| w.need_drain && !w.ending && !destroyed)
    }

    /// Whether it was ended (`writableEnded`).
    pub fn writable_ended(self, cx: &Ctx) -> bool {
        self.writable_view(cx).is_some_and(|w| w.ending)
    }

    /// Whether all is written, and 'finish' is emitted (`writableFinished`).
    pub fn writable_finished(self, cx: &Ctx) -> bool {
        self.writable_view(cx).is_some_and(|w| w.finished)
    }

    /// How many times it would have to be [uncorked](Duplex::uncork) (`writableCorked`).
    pub fn writable_corked(self, cx: &Ctx) -> u32 {
        self.writable_view(cx).map_or(0, |w| w.corked)
    }
}

impl fmt::Debug for WritableState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WritableState")
            .field("length", &self.length)
            .field("writing", &self.writing)
            .field("corked", &self.corked)
            .field("ending", &self.ending)
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}
