//! How text becomes bytes (`StringBytes::Write`).

/// How text is encoded when it is written (`enum encoding`, those of it that writing strings has).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// As it is: writing it encodes nothing.
    Utf8,
    /// The low byte of each UTF-16 unit (`latin1`, `binary`). What does not fit is not replaced, but cut.
    Latin1,
    /// UTF-16, the low byte of each unit first (`ucs2`, `utf16le`).
    Ucs2,
    /// As [`Latin1`](Encoding::Latin1), for that is what Node writes.
    Ascii,
}

/// Beyond so many UTF-16 units Node measures the size of UTF-8, instead of assuming three bytes for each.
const MEASURED_FROM: usize = 65_535;

impl Encoding {
    /// Node's name for it: `"utf8"`, `"latin1"`, `"utf16le"`, `"ascii"`.
    pub const fn name(self) -> &'static str {
        match self {
            Encoding::Utf8 => "utf8",
            Encoding::Latin1 => "latin1",
            Encoding::Ucs2 => "utf16le",
            Encoding::Ascii => "ascii",
        }
    }

    /// How many bytes `text` becomes.
    pub fn size(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => text.len(),
            Encoding::Latin1 | Encoding::Ascii => units(text),
            Encoding::Ucs2 => 2 * units(text),
        }
    }

    /// How many bytes Node would set aside for `text` before it encodes it (`StringBytes::StorageSize`, and `Size` for a long one).
    pub(super) fn storage_size(self, text: &str) -> usize {
        match self {
            Encoding::Utf8 => match units(text) {
                units @ 0..=MEASURED_FROM => 3 * units,
                _ => text.len(),
            },
            _ => self.size(text),
        }
    }

    /// Encodes `text` into `target`, as far as that reaches.
    pub(super) fn encode(self, text: &str, target: &mut [u8]) {
        match self {
            Encoding::Utf8 => {
                for (byte, encoded) in target.iter_mut().zip(text.bytes()) {
                    *byte = encoded;
                }
            }
            Encoding::Latin1 | Encoding::Ascii => {
                for (byte, unit) in target.iter_mut().zip(text.encode_utf16()) {
                    *byte = unit.to_le_bytes()[0];
                }
            }
            Encoding::Ucs2 => {
                for (bytes, unit) in target.chunks_exact_mut(2).zip(text.encode_utf16()) {
                    bytes.copy_from_slice(&unit.to_le_bytes());
                }
            }
        }
    }

    /// The same into a buffer of its own.
    pub fn to_vec(self, text: &str) -> Vec<u8> {
        let mut bytes = vec![0; self.size(text)];
        self.encode(text, &mut bytes);
        bytes
    }
}

/// How many UTF-16 units a text has: what JavaScript calls its length.
fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Node 20 puts on the wire.
    #[test]
    fn bytes_of_a_text_in_each_encoding() {
        let text = "é☃😀";
        assert_eq!(Encoding::Latin1.to_vec(text), b"\xe9\x03\x3d\x00");
        assert_eq!(Encoding::Ascii.to_vec(text), b"\xe9\x03\x3d\x00");
        assert_eq!(
            Encoding::Ucs2.to_vec(text),
            b"\xe9\x00\x03\x26\x3d\xd8\x00\xde"
        );
        assert_eq!(Encoding::Utf8.to_vec(text), text.as_bytes());
    }

    #[test]
    fn storage_is_measured_for_long_texts_only() {
        let long = "x".repeat(MEASURED_FROM);
        assert_eq!(Encoding::Utf8.storage_size(&long), 3 * MEASURED_FROM);
        let longer = "x".repeat(MEASURED_FROM + 1);
        assert_eq!(Encoding::Utf8.storage_size(&longer), MEASURED_FROM + 1);
        assert_eq!(Encoding::Ucs2.storage_size("é☃😀"), 8);
    }
}
