//! The encodings that a stream can give its data in.

use std::str::FromStr;

use crate::Error;

/// How bytes become text (Node's encodings, `buffer.toString(encoding)`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8; what is not, becomes U+FFFD.
    Utf8,
    /// UTF-16, the low byte of each unit first (`utf16le`, `ucs2`). Half of a pair becomes U+FFFD.
    Utf16Le,
    /// Each byte a character (`latin1`, `binary`).
    Latin1,
    /// As [`Latin1`](Encoding::Latin1), without the highest bit.
    Ascii,
    /// Two digits for each byte.
    Hex,
    /// Base64, padded.
    Base64,
    /// Base64 with `-` and `_`, without padding.
    Base64Url,
}

const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

impl Encoding {
    /// Node's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf8",
            Encoding::Utf16Le => "utf16le",
            Encoding::Latin1 => "latin1",
            Encoding::Ascii => "ascii",
            Encoding::Hex => "hex",
            Encoding::Base64 => "base64",
            Encoding::Base64Url => "base64url",
        }
    }

    /// The text that some bytes are, all of them (`buffer.toString`). For bytes that come piece by piece there is a
    /// [`StringDecoder`](super::StringDecoder).
    pub fn decode(self, bytes: &[u8]) -> String {
        match self {
            Encoding::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Encoding::Utf16Le => {
                let units = bytes.chunks_exact(2);
                let units = units.map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
                char::decode_utf16(units)
                    .map(|one| one.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect()
            }
            Encoding::Latin1 => bytes.iter().map(|byte| char::from(*byte)).collect(),
            Encoding::Ascii => bytes.iter().map(|byte| char::from(byte & 0x7f)).collect(),
            Encoding::Hex => bytes
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .filter_map(|digit| char::from_digit(digit.into(), 16))
                .collect(),
            Encoding::Base64 => base64(bytes, BASE64, true),
            Encoding::Base64Url => base64(bytes, BASE64_URL, false),
        }
    }
}

fn base64(bytes: &[u8], digits: &[u8; 64], padded: bool) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |at: usize| u32::from(group.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            if digit <= group.len() {
                let at = bits >> (18 - 6 * digit) & 63;
                text.push(char::from(digits[at as usize]));
            } else if padded {
                text.push('=');
            }
        }
    }
    text
}

/// By any name that Node knows it by, in capitals or not.
impl FromStr for Encoding {
    type Err = Error;

    fn from_str(name: &str) -> Result<Encoding, Error> {
        Ok(match &*name.to_ascii_lowercase() {
            "utf8" | "utf-8" => Encoding::Utf8,
            "utf16le" | "utf-16le" | "ucs2" | "ucs-2" => Encoding::Utf16Le,
            "latin1" | "binary" => Encoding::Latin1,
            "ascii" => Encoding::Ascii,
            "hex" => Encoding::Hex,
            "base64" => Encoding::Base64,
            "base64url" => Encoding::Base64Url,
            _ => {
                let message = format!("Unknown encoding: {name}");
                return Err(Error::new("ERR_UNKNOWN_ENCODING", message));
            }
        })
    }
}
