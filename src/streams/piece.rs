//! What is written: something that is handed over, or only lent.

use bytes::Bytes;

use super::chunk::Chunk;

/// What is written to a stream. What is only lent is copied if it has to wait, and not before.
#[derive(Debug)]
pub enum Piece<'a> {
    /// A chunk that is handed over.
    Own(Chunk),
    /// A chunk that somebody has.
    Lent(&'a Chunk),
    /// Bytes that somebody has.
    Bytes(&'a [u8]),
    /// A text that somebody has.
    Text(&'a str),
}

impl Piece<'_> {
    /// The bytes; those of a text in UTF-8.
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Piece::Own(chunk) => chunk.as_bytes(),
            Piece::Lent(chunk) => chunk.as_bytes(),
            Piece::Bytes(bytes) => bytes,
            Piece::Text(text) => text.as_bytes(),
        }
    }

    /// What there is to write.
    #[inline(always)]
    pub(super) fn lend(&self) -> Lent<'_> {
        let chunk = match self {
            Piece::Own(chunk) => chunk,
            Piece::Lent(chunk) => chunk,
            Piece::Bytes(bytes) => return Lent::bytes(bytes),
            Piece::Text(text) => return Lent::text(text),
        };
        match chunk {
            Chunk::Bytes(shared) => Lent {
                shared: Some(shared),
                ..Lent::bytes(shared)
            },
            Chunk::Text(text) => Lent::text(text),
        }
    }

    /// How long it is, as [`Chunk::len`].
    pub fn len(&self) -> usize {
        self.lend().len()
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// As a chunk: what was lent is copied, but of a chunk's bytes.
    pub fn into_chunk(self) -> Chunk {
        match self {
            Piece::Own(chunk) => chunk,
            Piece::Lent(chunk) => chunk.clone(),
            Piece::Bytes(bytes) => Chunk::from(bytes),
            Piece::Text(text) => Chunk::from(text),
        }
    }
}

/// What there is to write, wherever it is.
#[derive(Clone, Copy, Debug)]
pub struct Lent<'a> {
    /// The bytes; those of a text in UTF-8.
    pub bytes: &'a [u8],
    /// The text, if it is one.
    pub text: Option<&'a str>,
    /// The bytes once more, if they can be shared.
    pub shared: Option<&'a Bytes>,
}

impl<'a> Lent<'a> {
    #[inline(always)]
    fn bytes(bytes: &'a [u8]) -> Lent<'a> {
        Lent {
            bytes,
            text: None,
            shared: None,
        }
    }

    #[inline(always)]
    fn text(text: &'a str) -> Lent<'a> {
        Lent {
            text: Some(text),
            ..Lent::bytes(text.as_bytes())
        }
    }

    /// How long it is, as [`Chunk::len`].
    pub(super) fn len(&self) -> usize {
        self.text.map_or(self.bytes.len(), Chunk::units)
    }
}

impl From<Chunk> for Piece<'_> {
    fn from(chunk: Chunk) -> Self {
        Piece::Own(chunk)
    }
}

impl<'a> From<&'a Chunk> for Piece<'a> {
    fn from(chunk: &'a Chunk) -> Self {
        Piece::Lent(chunk)
    }
}

impl From<Bytes> for Piece<'_> {
    fn from(bytes: Bytes) -> Self {
        Piece::Own(Chunk::Bytes(bytes))
    }
}

impl From<Vec<u8>> for Piece<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Piece::Own(bytes.into())
    }
}

impl From<String> for Piece<'_> {
    fn from(text: String) -> Self {
        Piece::Own(Chunk::Text(text))
    }
}

impl<'a> From<&'a [u8]> for Piece<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Piece::Bytes(bytes)
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Piece<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Piece::Bytes(bytes)
    }
}

impl<'a> From<&'a str> for Piece<'a> {
    fn from(text: &'a str) -> Self {
        Piece::Text(text)
    }
}
