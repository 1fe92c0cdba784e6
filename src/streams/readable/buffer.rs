//! What has been pushed and not been read (`fromList`).

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use crate::streams::chunk::Chunk;

/// The pieces, and how long they are together.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// Absent as long as nothing ever waited: what flows does not.
    pieces: Option<Box<VecDeque<Chunk>>>,
    len: usize,
}

impl Buffer {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    fn pieces(&mut self) -> &mut VecDeque<Chunk> {
        self.pieces.get_or_insert_default()
    }

    /// How long the first piece is.
    pub(super) fn first_len(&self) -> usize {
        let first = self.pieces.as_ref().and_then(|pieces| pieces.front());
        first.map_or(0, Chunk::len)
    }

    pub(super) fn push_back(&mut self, chunk: Chunk) {
        self.len += chunk.len();
        self.pieces().push_back(chunk);
    }

    pub(super) fn push_front(&mut self, chunk: Chunk) {
        self.len += chunk.len();
        self.pieces().push_front(chunk);
    }

    /// Takes the first piece as it is.
    pub(super) fn pop(&mut self) -> Option<Chunk> {
        let chunk = self.pieces.as_mut()?.pop_front()?;
        self.len -= chunk.len();
        Some(chunk)
    }

    /// Takes so much, as one piece; all, if there is less. Nothing is copied unless pieces must be put together.
    pub(super) fn take(&mut self, wanted: usize) -> Option<Chunk> {
        let first = self.first_len();
        if wanted < first {
            let chunk = self.pieces().front_mut()?.split_to(wanted);
            self.len -= wanted;
            return Some(chunk);
        }
        if wanted == first || self.pieces().len() == 1 {
            return self.pop();
        }
        let wanted = wanted.min(self.len);
        self.len -= wanted;
        self.put_together(wanted)
    }

    fn put_together(&mut self, wanted: usize) -> Option<Chunk> {
        let mut left = wanted;
        let mut bytes = BytesMut::with_capacity(wanted);
        let pieces = self.pieces();
        let is_text = matches!(pieces.front()?, Chunk::Text(_));
        while left > 0
            && let Some(piece) = pieces.front_mut()
        {
            let len = piece.len();
            let taken = match len <= left {
                true => pieces.pop_front()?,
                false => piece.split_to(left),
            };
            left -= len.min(left);
            bytes.extend_from_slice(taken.as_bytes());
        }
        Some(whole(bytes.freeze(), is_text))
    }

    /// Makes the bytes that wait into text.
    pub(super) fn decode(&mut self, mut decode: impl FnMut(&Chunk) -> String) {
        let pieces = self.pieces.take();
        self.len = 0;
        let text: String = pieces
            .iter()
            .flat_map(|all| &**all)
            .map(&mut decode)
            .collect();
        if !text.is_empty() {
            self.push_back(Chunk::Text(text));
        }
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
