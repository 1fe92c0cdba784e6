//! What is lent: bytes or text that somebody else has.

use std::fmt;

use bytes::Bytes;

use super::chunk::Chunk;

/// Bytes, or text, that somebody else has: what a listener of 'data' is given, and what a write is made of. It lasts as long as the call that it comes with.
///
/// What was just read is in a buffer that the next read overwrites. So nothing has been copied for whoever only looks at it, or writes it to another stream;
/// who wants to have it later says so by [`to_bytes`](Lent::to_bytes) or [`to_chunk`](Lent::to_chunk), and then it is copied. What waited in a stream before is
/// shared by that, and not copied once more.
///
/// ```
/// use uvox::streams::{Chunk, Lent};
///
/// let waited = Chunk::from(&b"waited"[..]);
/// let lent: Lent<'_> = waited.lend();
/// assert_eq!(lent, "waited");
/// assert_eq!(lent.to_bytes().as_ptr(), waited.as_bytes().as_ptr());
/// ```
#[derive(Clone, Copy)]
pub struct Lent<'a> {
    bytes: &'a [u8],
    /// The same as a text, if it is one.
    text: Option<&'a str>,
    /// The same as bytes that can be shared, if they can.
    shared: Option<&'a Bytes>,
}

impl<'a> Lent<'a> {
    /// The bytes; those of a text in UTF-8.
    #[inline]
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The text, if it is one.
    #[inline]
    pub fn as_text(&self) -> Option<&'a str> {
        self.text
    }

    /// The bytes, if they can be shared: to clone these copies nothing.
    #[inline]
    pub fn as_shared(&self) -> Option<&'a Bytes> {
        self.shared
    }

    /// How long it is: bytes, or, of a text, UTF-16 units, which is what JavaScript calls its length.
    #[inline]
    pub fn len(&self) -> usize {
        self.text.map_or(self.bytes.len(), Chunk::units)
    }

    /// Whether there is nothing in it.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The bytes, to be kept; those of a text in UTF-8. They are copied, unless they can be shared.
    pub fn to_bytes(self) -> Bytes {
        match self.shared {
            Some(shared) => shared.clone(),
            None => Bytes::copy_from_slice(self.bytes),
        }
    }

    /// The same as a chunk, to be kept: a text stays a text.
    pub fn to_chunk(self) -> Chunk {
        match self.text {
            Some(text) => Chunk::Text(text.to_owned()),
            None => Chunk::Bytes(self.to_bytes()),
        }
    }
}

impl Chunk {
    /// Lends it: what a listener of 'data' would be given.
    #[inline]
    pub fn lend(&self) -> Lent<'_> {
        match self {
            Chunk::Bytes(bytes) => Lent {
                shared: Some(bytes),
                ..Lent::from(&bytes[..])
            },
            Chunk::Text(text) => Lent::from(&text[..]),
        }
    }
}

impl fmt::Debug for Lent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.as_text() {
            Some(text) => text.fmt(f),
            None => write!(f, "b\"{}\"", self.as_bytes().escape_ascii()),
        }
    }
}

impl AsRef<[u8]> for Lent<'_> {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl PartialEq<[u8]> for Lent<'_> {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_bytes() == other
    }
}

impl PartialEq<&str> for Lent<'_> {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl<'a> From<&'a [u8]> for Lent<'a> {
    #[inline]
    fn from(bytes: &'a [u8]) -> Lent<'a> {
        Lent {
            bytes,
            text: None,
            shared: None,
        }
    }
}

impl<'a> From<&'a str> for Lent<'a> {
    #[inline]
    fn from(text: &'a str) -> Lent<'a> {
        Lent {
            text: Some(text),
            ..Lent::from(text.as_bytes())
        }
    }
}

/// As [`Lent::to_chunk`].
impl From<&Lent<'_>> for Chunk {
    fn from(lent: &Lent<'_>) -> Chunk {
        lent.to_chunk()
    }
}

/// As [`Lent::to_bytes`].
impl From<&Lent<'_>> for Bytes {
    fn from(lent: &Lent<'_>) -> Bytes {
        lent.to_bytes()
    }
}
