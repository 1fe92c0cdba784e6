//! Traces: what each endpoint of a play saw. `docs/scenarios.md` describes them.

use std::collections::BTreeMap;
use std::fmt::{self, Display};

/// The traces of a play's endpoints, by their names.
#[derive(Debug, Default)]
pub(crate) struct Trace {
    endpoints: BTreeMap<String, Vec<Line>>,
}

#[derive(Debug)]
enum Line {
    Plain(String),
    /// Bytes that came one after the other.
    Data(usize),
}

impl Trace {
    /// Adds what an endpoint saw or did.
    pub(crate) fn note(&mut self, endpoint: impl Display, line: impl Into<String>) {
        self.of(endpoint).push(Line::Plain(line.into()));
    }

    /// Adds bytes that came. How the kernel cut them into pieces is not part of a trace, so neighbours are added up.
    pub(crate) fn data(&mut self, endpoint: impl Display, length: usize) {
        let lines = self.of(endpoint);
        match lines.last_mut() {
            Some(Line::Data(before)) => *before += length,
            _ => lines.push(Line::Data(length)),
        }
    }

    fn of(&mut self, endpoint: impl Display) -> &mut Vec<Line> {
        self.endpoints.entry(endpoint.to_string()).or_default()
    }
}

/// Every line with its endpoint before it.
impl Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (endpoint, lines) in &self.endpoints {
            for line in lines {
                match line {
                    Line::Plain(line) => writeln!(f, "{endpoint} {line}")?,
                    Line::Data(length) => writeln!(f, "{endpoint} data {length}")?,
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_data_is_added_up() {
        let mut trace = Trace::default();
        trace.data("peer0", 3);
        trace.note("client10", "end");
        trace.data("peer0", 4);
        trace.note("peer0", "drain");
        trace.data("peer0", 5);
        trace.note("client2", "end");
        let shown = "client10 end\nclient2 end\npeer0 data 7\npeer0 drain\npeer0 data 5\n";
        assert_eq!(trace.to_string(), shown);
    }
}
