//! What is written or pushed: something that is handed over, or only lent.

use bytes::Bytes;

use super::chunk::Chunk;
use super::lent::Lent;

/// What is written to a stream, or pushed into it. What is only lent is copied if it has to wait, and not before.
#[derive(Debug)]
pub enum Piece<'a> {
    /// A chunk that is handed over.
    Own(Chunk),
    /// Something that somebody else has.
    Lent(Lent<'a>),
}

impl Piece<'_> {
    /// What there is, wherever it is.
    #[inline(always)]
    pub fn lend(&self) -> Lent<'_> {
        match self {
            Piece::Own(chunk) => chunk.lend(),
            Piece::Lent(lent) => *lent,
        }
    }

    /// Does something with what there is, wherever it is.
    #[inline(always)]
    pub(super) fn lend_to<R>(&self, f: impl FnOnce(&Lent<'_>) -> R) -> R {
        match self {
            Piece::Own(chunk) => f(&chunk.lend()),
            Piece::Lent(lent) => f(lent),
        }
    }

    /// The same, but a text is its bytes in UTF-8. Nothing is copied.
    pub(super) fn into_bytes(self) -> Self {
        match self {
            Piece::Own(chunk) => Piece::Own(Chunk::Bytes(chunk.into_bytes())),
            Piece::Lent(lent) if lent.as_text().is_some() => Piece::Lent(lent.as_bytes().into()),
            bytes => bytes,
        }
    }

    /// As a chunk: what was lent is [kept](Lent::to_chunk).
    pub fn into_chunk(self) -> Chunk {
        match self {
            Piece::Own(chunk) => chunk,
            Piece::Lent(lent) => lent.to_chunk(),
        }
    }
}

/// What can be handed over.
macro_rules! own {
    ($($type:ty),*) => {$(
        impl From<$type> for Piece<'_> {
            fn from(own: $type) -> Self {
                Piece::Own(own.into())
            }
        }
    )*};
}

own!(Chunk, Bytes, Vec<u8>, String);

/// What can be lent.
macro_rules! lent {
    ($($type:ty),*) => {$(
        impl<'a> From<$type> for Piece<'a> {
            #[inline]
            fn from(lent: $type) -> Self {
                Piece::Lent(lent.into())
            }
        }
    )*};
}

lent!(&'a [u8], &'a str, Lent<'a>);

impl<'a> From<&Lent<'a>> for Piece<'a> {
    #[inline]
    fn from(lent: &Lent<'a>) -> Self {
        Piece::Lent(*lent)
    }
}

impl<'a> From<&'a Chunk> for Piece<'a> {
    #[inline]
    fn from(chunk: &'a Chunk) -> Self {
        Piece::Lent(chunk.lend())
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Piece<'a> {
    #[inline]
    fn from(bytes: &'a [u8; N]) -> Self {
        Piece::Lent(bytes[..].into())
    }
}
