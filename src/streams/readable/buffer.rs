//! What has been pushed and not been read (`fromList`).

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use crate::streams::chunk::Chunk;

/// The pieces, and how long they are together. Absent as long as nothing ever waited: what flows does not.
#[derive(Debug, Default)]
pub(super) struct Buffer(Option<Box<Waiting>>);

#[derive(Debug, Default)]
struct Waiting {
    pieces: VecDeque<Chunk>,
    len: usize,
}

impl Buffer {
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |waiting| waiting.len)
    }

    /// How long the first piece is.
    pub(super) fn first_len(&self) -> usize {
        let first = self.0.as_ref().and_then(|waiting| waiting.pieces.front());
        first.map_or(0, Chunk::len)
    }

    pub(super) fn push_back(&mut self, chunk: Chunk) {
        let waiting = self.0.get_or_insert_default();
        waiting.len += chunk.len();
        waiting.pieces.push_back(chunk);
    }

    pub(super) fn push_front(&mut self, chunk: Chunk) {
        let waiting = self.0.get_or_insert_default();
        waiting.len += chunk.len();
        waiting.pieces.push_front(chunk);
    }

    /// Takes the first piece as it is.
    pub(super) fn pop(&mut self) -> Option<Chunk> {
        let waiting = self.0.as_mut()?;
        let chunk = waiting.pieces.pop_front()?;
        waiting.len -= chunk.len();
        Some(chunk)
    }

    /// Takes so much, as one piece; all, if there is less. Nothing is copied unless pieces must be put together.
    pub(super) fn take(&mut self, wanted: usize) -> Option<Chunk> {
        let first = self.first_len();
        let waiting = self.0.as_mut()?;
        if wanted < first {
            let chunk = waiting.pieces.front_mut()?.split_to(wanted);
            waiting.len -= wanted;
            return Some(chunk);
        }
        if wanted == first || waiting.pieces.len() == 1 {
            return self.pop();
        }
        let wanted = wanted.min(waiting.len);
        waiting.len -= wanted;
        waiting.put_together(wanted)
    }

    /// Makes the bytes that wait into text.
    pub(super) fn decode(&mut self, decode: impl FnMut(&Chunk) -> String) {
        let Some(waiting) = self.0.take() else {
            return;
        };
        let text: String = waiting.pieces.iter().map(decode).collect();
        if !text.is_empty() {
            self.push_back(Chunk::Text(text));
        }
    }
}

impl Waiting {
    fn put_together(&mut self, wanted: usize) -> Option<Chunk> {
        let mut left = wanted;
        let mut bytes = BytesMut::with_capacity(wanted);
        let is_text = matches!(self.pieces.front()?, Chunk::Text(_));
        while left > 0
            && let Some(piece) = self.pieces.front_mut()
        {
            let len = piece.len();
            let taken = match len <= left {
                true => self.pieces.pop_front()?,
                false => piece.split_to(left),
            };
            left -= len.min(left);
            bytes.extend_from_slice(taken.as_bytes());
        }
        Some(whole(bytes.freeze(), is_text))
    }
}

/// Bytes that are text, if they are, once more as text.
fn whole(bytes: Bytes, is_text: bool) -> Chunk {
    if !is_text {
        return Chunk::Bytes(bytes);
    }
    let text = String::from_utf8(bytes.into());
    Chunk::Text(text.unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()))
}
