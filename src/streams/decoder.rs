//! Text from bytes that come piece by piece (`StringDecoder`).

use super::encoding::Encoding;

/// Makes text of bytes as they come, and holds back what is only the beginning of a character until the rest of it is there (`StringDecoder`).
///
/// ```
/// use uvox::streams::{Encoding, StringDecoder};
///
/// let mut decoder = StringDecoder::new(Encoding::Utf8);
/// let snowman = "☃".as_bytes();
/// assert_eq!(decoder.write(&snowman[..2]), "");
/// assert_eq!(decoder.write(&snowman[2..]), "☃");
/// assert_eq!(decoder.write(&snowman[..1]), "");
/// assert_eq!(decoder.end(), "\u{fffd}");
/// ```
#[derive(Clone, Debug)]
pub struct StringDecoder {
    encoding: Encoding,
    /// The beginning of a character: in UTF-8 up to three bytes, in UTF-16 up to three, in base64 up to two.
    held: [u8; 4],
    len: usize,
    /// How many bytes it wants to be whole.
    missing: usize,
}

impl StringDecoder {
    /// One that has seen nothing yet.
    pub fn new(encoding: Encoding) -> StringDecoder {
        StringDecoder {
            encoding,
            held: [0; 4],
            len: 0,
            missing: 0,
        }
    }

    /// The encoding.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether it holds back the beginning of a character.
    pub(crate) fn holds_back(&self) -> bool {
        self.missing > 0 || self.len > 0
    }

    /// The bytes as a text, if they are one as they stand: nothing is held back, before them or of them.
    pub(super) fn as_text<'a>(&self, bytes: &'a [u8]) -> Option<&'a str> {
        match self.encoding {
            Encoding::Utf8 if !self.holds_back() => std::str::from_utf8(bytes).ok(),
            _ => None,
        }
    }

    /// The text that the bytes are, with what was held back before them, and without what is held back now (`write`).
    pub fn write(&mut self, bytes: &[u8]) -> String {
        let mut rest = bytes;
        let mut text = String::new();
        if self.missing > 0 {
            // Twice at the most: when a unit is whole, the other half of a pair may be missing still.
            while self.missing > 0 && !rest.is_empty() {
                self.complete(&mut rest);
            }
            if self.missing > 0 {
                return text;
            }
            text = self.release();
        }
        if rest.is_empty() {
            return text;
        }
        let held = self.unfinished(rest);
        let (whole, tail) = rest.split_at(rest.len() - held);
        self.held[..held].copy_from_slice(tail);
        self.len = held;
        text.push_str(&self.encoding.decode(whole));
        text
    }

    /// The text that is left, of what was held back (`end`). After that it can be used again.
    pub fn end(&mut self) -> String {
        // Half of a unit is nothing.
        if self.encoding == Encoding::Utf16Le {
            self.len -= self.len % 2;
        }
        self.missing = 0;
        self.release()
    }

    fn release(&mut self) -> String {
        let text = self.encoding.decode(&self.held[..self.len]);
        self.len = 0;
        text
    }

    /// Takes from `rest` what belongs to the character that was begun.
    fn complete(&mut self, rest: &mut &[u8]) {
        let mut wanted = self.missing.min(rest.len());
        if self.encoding == Encoding::Utf8
            && let Some(other) = rest[..wanted].iter().position(|byte| !continues(*byte))
        {
            // Another character begins: this one stays as it is, which is not well.
            wanted = other;
            self.missing = other;
        }
        let (taken, left) = rest.split_at(wanted);
        self.held[self.len..self.len + wanted].copy_from_slice(taken);
        self.len += wanted;
        self.missing -= wanted;
        *rest = left;
        // The unit that is whole now may be the first half of a pair.
        if self.encoding == Encoding::Utf16Le && self.missing == 0 && self.len == 2 {
            self.missing = if leads(self.held[1]) { 2 } else { 0 };
        }
    }

    /// How many bytes at the end begin a character, and are to be held back; notes how many it wants.
    fn unfinished(&mut self, bytes: &[u8]) -> usize {
        let (held, missing) = match self.encoding {
            Encoding::Utf8 => unfinished_utf8(bytes),
            Encoding::Utf16Le if bytes.len() % 2 == 1 => (1, 1),
            Encoding::Utf16Le if leads(bytes[bytes.len() - 1]) => (2, 2),
            Encoding::Base64 | Encoding::Base64Url => match bytes.len() % 3 {
                0 => (0, 0),
                held => (held, 3 - held),
            },
            _ => (0, 0),
        };
        self.missing = missing;
        held
    }
}

/// Whether a byte goes on with a character of UTF-8.
fn continues(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

/// Whether the high byte of a unit of UTF-16 says that it is the first half of a pair.
fn leads(byte: u8) -> bool {
    byte & 0xfc == 0xd8
}

/// How many bytes at the end begin a character, and how many are missing. What cannot become one is for the decoder to replace.
fn unfinished_utf8(bytes: &[u8]) -> (usize, usize) {
    let tail = bytes.iter().rev().take(4);
    let Some(behind) = tail.clone().position(|byte| !continues(*byte)) else {
        return (0, 0);
    };
    let held = behind + 1;
    let wanted = match bytes[bytes.len() - held] {
        first if first & 0xe0 == 0xc0 => 2,
        first if first & 0xf0 == 0xe0 => 3,
        first if first & 0xf8 == 0xf0 => 4,
        _ => 0,
    };
    if held >= wanted {
        (0, 0)
    } else {
        (held, wanted - held)
    }
}
