//! What goes through a stream: bytes, or text.

use std::fmt;

use bytes::Bytes;

/// A piece of what goes through a stream: bytes, or, if it has an encoding, text. Cheap to clone as long as it is bytes.
#[derive(Clone, PartialEq, Eq)]
pub enum Chunk {
    /// Bytes.
    Bytes(Bytes),
    /// Text, of a stream with an encoding, or to be written.
    Text(String),
}

impl Chunk {
    /// How long it is: bytes, or, of a text, UTF-16 units, which is what JavaScript calls its length.
    #[inline]
    pub fn len(&self) -> usize {
        match self {
            Chunk::Bytes(bytes) => bytes.len(),
            Chunk::Text(text) => Chunk::units(text),
        }
    }

    /// How many UTF-16 units a text has.
    pub(super) fn units(text: &str) -> usize {
        match text.is_ascii() {
            true => text.len(),
            false => text.chars().map(char::len_utf16).sum(),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.as_bytes().is_empty()
    }

    /// The bytes; those of a text in UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Chunk::Bytes(bytes) => bytes,
            Chunk::Text(text) => text.as_bytes(),
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Chunk::Bytes(_) => None,
            Chunk::Text(text) => Some(text),
        }
    }

    /// The bytes; those of a text in UTF-8. Nothing is copied.
    pub fn into_bytes(self) -> Bytes {
        match self {
            Chunk::Bytes(bytes) => bytes,
            Chunk::Text(text) => Bytes::from(text),
        }
    }

    /// Takes the first `len` off, in units of [`Chunk::len`]; of something shorter, all. A pair of surrogates that it cuts is a U+FFFD on either side.
    pub(super) fn split_to(&mut self, len: usize) -> Chunk {
        match self {
            Chunk::Bytes(bytes) => Chunk::Bytes(bytes.split_to(len.min(bytes.len()))),
            Chunk::Text(text) => {
                let mut units = 0;
                let mut boundary = text.len();
                let mut cut = None;
                for (at, one) in text.char_indices() {
                    if units >= len {
                        boundary = at;
                        break;
                    }
                    units += one.len_utf16();
                    if units > len {
                        boundary = at;
                        cut = Some(at + one.len_utf8());
                        break;
                    }
                }
                let mut rest = text.split_off(boundary);
                if let Some(end) = cut {
                    text.push(char::REPLACEMENT_CHARACTER);
                    rest.replace_range(..end - boundary, "\u{fffd}");
                }
                Chunk::Text(std::mem::replace(text, rest))
            }
        }
    }
}

impl fmt::Debug for Chunk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Chunk::Bytes(bytes) => bytes.fmt(f),
            Chunk::Text(text) => text.fmt(f),
        }
    }
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

impl PartialEq<[u8]> for Chunk {
    fn eq(&self, other: &[u8]) -> bool {
        self.as_bytes() == other
    }
}

impl PartialEq<&str> for Chunk {
    fn eq(&self, other: &&str) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl From<Bytes> for Chunk {
    fn from(bytes: Bytes) -> Chunk {
        Chunk::Bytes(bytes)
    }
}

impl From<Vec<u8>> for Chunk {
    fn from(bytes: Vec<u8>) -> Chunk {
        Chunk::Bytes(bytes.into())
    }
}

/// Copies them.
impl From<&[u8]> for Chunk {
    fn from(bytes: &[u8]) -> Chunk {
        Chunk::Bytes(Bytes::copy_from_slice(bytes))
    }
}

/// Copies them.
impl<const N: usize> From<&[u8; N]> for Chunk {
    fn from(bytes: &[u8; N]) -> Chunk {
        Chunk::from(&bytes[..])
    }
}

impl From<String> for Chunk {
    fn from(text: String) -> Chunk {
        Chunk::Text(text)
    }
}

/// Copies it.
impl From<&str> for Chunk {
    fn from(text: &str) -> Chunk {
        Chunk::Text(text.to_owned())
    }
}

/// Clones it, which copies nothing but text.
impl From<&Chunk> for Chunk {
    fn from(chunk: &Chunk) -> Chunk {
        chunk.clone()
    }
}
