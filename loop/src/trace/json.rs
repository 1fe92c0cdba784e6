//! Events as JSON lines.
//!
//! One object a line, flat but for `args`: what a script, `jq`, or another language reads. It is written by hand, for there is nothing in it that nests.

use std::fmt;
use std::io::{self, Write};

use super::{Event, Outcome, Tracer, Value};

impl Event {
    /// Writes the event as one JSON object, without a line break.
    ///
    /// Its members, in this order: `seq`, `time_ns`, `loop`, `turn`, `phase`, `layer`, `name`; `cause` and `object` (a string, `"#3.17"`), unless
    /// there is none; `args`, an object, unless it is empty; `result`, a number, or `error`, a name such as `"ECONNRESET"`, unless there is neither;
    /// and `queue`, two numbers, unless it says nothing of one. Numbers are whole, of up to 64 bits.
    ///
    /// ```
    /// use uvox_loop::trace::{Event, Layer};
    ///
    /// let event = Event::new(Layer::Uv, "stream.write").arg("bytes", 5u64);
    /// let mut line = Vec::new();
    /// event.write_json(&mut line)?;
    /// assert!(line.ends_with(br#""layer":"uv","name":"stream.write","args":{"bytes":5}}"#));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What `out` says.
    pub fn write_json(&self, out: &mut (impl Write + ?Sized)) -> io::Result<()> {
        write!(
            out,
            r#"{{"seq":{},"time_ns":{},"loop":{},"turn":{},"phase":"{}","layer":"{}","name":{}"#,
            self.seq,
            self.time_ns,
            self.loop_id,
            self.turn,
            self.phase,
            self.layer.name(),
            Quoted(self.name),
        )?;
        if let Some(cause) = self.cause {
            write!(out, r#","cause":{cause}"#)?;
        }
        if let Some(key) = self.object {
            write!(out, r#","object":"{key}""#)?;
        }
        if !self.args.is_empty() {
            out.write_all(br#","args":"#)?;
            write_args(&self.args, out)?;
        }
        match self.result {
            Outcome::None => {}
            Outcome::Done(count) => write!(out, r#","result":{count}"#)?,
            Outcome::Failed(errno) => write!(out, r#","error":{}"#, Quoted(errno.name()))?,
        }
        if let Some((before, after)) = self.queue {
            write!(out, r#","queue":[{before},{after}]"#)?;
        }
        out.write_all(b"}")
    }
}

/// Writes arguments as an object. If a name occurs twice, the last stands for a reader, as usual.
fn write_args(args: &[(&'static str, Value)], out: &mut (impl Write + ?Sized)) -> io::Result<()> {
    for (at, (name, value)) in args.iter().enumerate() {
        out.write_all(if at == 0 { b"{" } else { b"," })?;
        write!(out, "{}:{}", Quoted(name), Json(value))?;
    }
    out.write_all(b"}")
}

/// A value as JSON.
pub(super) struct Json<'a>(pub(super) &'a Value);

impl fmt::Display for Json<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Int(number) => number.fmt(f),
            Value::Uint(number) => number.fmt(f),
            Value::Bool(yes) => yes.fmt(f),
            Value::Text(text) => Quoted(text).fmt(f),
        }
    }
}

/// A text as a JSON string.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write;

        f.write_char('"')?;
        for char in self.0.chars() {
            match char {
                '"' => f.write_str("\\\"")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                control if u32::from(control) < 0x20 => write!(f, "\\u{:04x}", u32::from(control))?,
                char => f.write_char(char)?,
            }
        }
        f.write_char('"')
    }
}

/// A tracer that writes each event as it comes, as a [line of JSON](Event::write_json).
///
/// The first error ends the writing: what follows is dropped, for the loop must not suffer for it. Whoever wants to know of it, and to have the
/// output back, collects the events with a [`Recorder`](super::Recorder) and writes them when the loop is done.
#[derive(Debug)]
pub struct JsonLines<W: Write> {
    out: Option<W>,
}

impl<W: Write> JsonLines<W> {
    /// Writes to `out`, once for each event: give it a buffer.
    pub fn new(out: W) -> JsonLines<W> {
        JsonLines { out: Some(out) }
    }
}

impl<W: Write> Tracer for JsonLines<W> {
    fn event(&mut self, event: &Event) {
        if let Some(out) = &mut self.out
            && write_line(event, out).is_err()
        {
            self.out = None;
        }
    }
}

fn write_line(event: &Event, out: &mut impl Write) -> io::Result<()> {
    event.write_json(out)?;
    out.write_all(b"\n")
}

/// Writes events as [lines of JSON](Event::write_json).
///
/// # Errors
///
/// What `out` says.
pub fn write_json_lines<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    out: &mut impl Write,
) -> io::Result<()> {
    for event in events {
        write_line(event, out)?;
    }
    out.flush()
}
