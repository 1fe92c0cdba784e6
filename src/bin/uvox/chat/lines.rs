//! Lines out of pieces of bytes, wherever those are cut.

/// No line is longer than this, in bytes.
pub(super) const LONGEST: usize = 1024;

/// What arrived of somebody and was not made lines of yet. What is unfinished is bounded by [`LONGEST`]; how much is added before the lines are taken is the caller's affair.
#[derive(Debug, Default)]
pub(super) struct Lines {
    bytes: Vec<u8>,
    /// How much of it was taken.
    taken: usize,
    /// The rest of a line that is too long, up to its end, is nobody's.
    skips: bool,
    ended: bool,
}

/// A line, without its end: LF, or CR and LF.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// What is no UTF-8, and what a terminal would take for an order, is U+FFFD.
    Text(String),
    /// It was longer than [`LONGEST`]; what it said is gone.
    TooLong,
}

impl Lines {
    /// More bytes are there.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        self.bytes.extend_from_slice(bytes);
    }

    /// There will be no more: what is left is a line, too.
    pub(super) fn end(&mut self) {
        self.ended = true;
    }

    /// Whether all is taken, and nothing can be added.
    pub(super) fn is_over(&self) -> bool {
        self.ended && self.taken == self.bytes.len()
    }

    /// Takes the next line, if it is there whole.
    pub(super) fn take(&mut self) -> Option<Line> {
        loop {
            let rest = &self.bytes[self.taken..];
            let end = rest.iter().position(|byte| *byte == b'\n');
            let skips = std::mem::take(&mut self.skips);
            let line = match end {
                Some(end) => &rest[..end],
                None if rest.is_empty() => {
                    self.skips = skips;
                    return None;
                }
                None if self.ended => rest,
                // One more, for a CR may be the last.
                None if skips || rest.len() > LONGEST + 1 => {
                    self.taken = self.bytes.len();
                    self.skips = true;
                    match skips {
                        true => return None,
                        false => return Some(Line::TooLong),
                    }
                }
                None => return None,
            };
            self.taken += line.len() + usize::from(end.is_some());
            if !skips {
                return Some(text(line));
            }
        }
    }
}

fn text(line: &[u8]) -> Line {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > LONGEST {
        return Line::TooLong;
    }
    let text = String::from_utf8_lossy(line);
    let harmless = |one: char| match one.is_control() {
        true => char::REPLACEMENT_CHARACTER,
        false => one,
    };
    Line::Text(text.chars().map(harmless).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of bytes that come in pieces of that size.
    fn lines(bytes: &[u8], size: usize) -> Vec<Line> {
        let mut lines = Lines::default();
        let mut all = Vec::new();
        for piece in bytes.chunks(size) {
            lines.add(piece);
            all.extend(std::iter::from_fn(|| lines.take()));
            assert!(lines.bytes.len() - lines.taken <= LONGEST + 1);
        }
        lines.end();
        all.extend(std::iter::from_fn(|| lines.take()));
        assert!(lines.is_over());
        all
    }

    fn texts(all: &[&str]) -> Vec<Line> {
        all.iter()
            .map(|text| Line::Text((*text).to_owned()))
            .collect()
    }

    #[test]
    fn cut_anywhere() {
        let bytes = "l\r\nb:grüße\n\n\r\nn:a\rb\r\r\nthe rest".as_bytes();
        let all = texts(&["l", "b:grüße", "", "", "n:a\u{fffd}b\u{fffd}", "the rest"]);
        for size in 1..=bytes.len() {
            assert_eq!(lines(bytes, size), all, "in pieces of {size}");
        }
    }

    #[test]
    fn too_long() {
        let long = "x".repeat(LONGEST);
        let bytes = format!("{long}\r\n{long}x\r\nshort\n{long}{long}{long}\nl\n{long}{long}");
        let mut all = texts(&[&long]);
        all.push(Line::TooLong);
        all.extend(texts(&["short"]));
        all.push(Line::TooLong);
        all.extend(texts(&["l"]));
        all.push(Line::TooLong);
        for size in [1, 2, 7, LONGEST, LONGEST + 1, LONGEST + 2, 4000, 65536] {
            assert_eq!(lines(bytes.as_bytes(), size), all, "in pieces of {size}");
        }
    }

    #[test]
    fn orders_to_a_terminal_and_what_is_no_text() {
        let all = lines(b"\x1b[2J\xff!\n", 100);
        assert_eq!(all, texts(&["\u{fffd}[2J\u{fffd}!"]));
    }
}
