//! A trace as a timeline, which `chrome://tracing` and Perfetto open (Trace Event Format, as an object with `traceEvents`).
//!
//! Each loop is a process, and each layer a track of it, the highest on top. Turns and phases, and what a step took with all that it caused
//! in the same phase, have a length; other events are instants. An arrow leads from an event to each that it caused in another layer.

use std::collections::HashMap;
use std::io::{self, Write};

use super::json::{Json, Quoted};
use super::{Event, Layer, Outcome};
use crate::Phase;

/// The track of the phases, above those of the layers.
const PHASES: usize = 0;
/// And that of the turns.
const TURNS: usize = 1;

/// The track of a layer's events.
fn track(layer: Layer) -> usize {
    let below = Layer::ALL.iter().position(|one| *one == layer);
    TURNS + Layer::ALL.len() - below.unwrap_or(0)
}

/// Writes events as a timeline that `chrome://tracing` and Perfetto open. They must be in their order, as a
/// [`Recorder`](super::Recorder) has them.
///
/// ```
/// use uvox_loop::{trace, Loop, RunMode};
///
/// let recorder = trace::Recorder::new();
/// trace::set(recorder.clone());
/// Loop::new()?.run(RunMode::NoWait)?;
/// trace::take();
/// let mut file = Vec::new();
/// trace::write_chrome(&recorder.events(), &mut file).unwrap();
/// assert!(file.starts_with(b"{\"displayTimeUnit\":\"ns\",\"traceEvents\":["));
/// # Ok::<(), uvox_loop::Errno>(())
/// ```
///
/// # Errors
///
/// What `out` says.
pub fn write_chrome(events: &[Event], out: &mut impl Write) -> io::Result<()> {
    let mut file = File { out, any: false };
    file.out
        .write_all(br#"{"displayTimeUnit":"ns","traceEvents":["#)?;
    let ends = ends(events);
    name_tracks(events, &mut file)?;
    write_stretches(events, &mut file, TURNS, |event| {
        (event.turn > 0 && event.phase != Phase::Outside)
            .then(|| (u64::MAX, format!("turn {}", event.turn)))
    })?;
    write_stretches(events, &mut file, PHASES, |event| {
        (event.phase != Phase::Outside).then(|| (event.phase as u64, event.phase.name().to_owned()))
    })?;
    for (event, end) in events.iter().zip(&ends) {
        write_event(event, *end, &mut file)?;
    }
    write_arrows(events, &mut file)?;
    file.out.write_all(b"\n]}\n")?;
    file.out.flush()
}

/// Where the entries go, which commas part.
struct File<'a, W: Write> {
    out: &'a mut W,
    any: bool,
}

impl<W: Write> File<'_, W> {
    /// Begins an entry, of a kind (`ph`), in a track, at a time. The caller adds members, each after a comma, and ends it with a brace.
    fn begin(&mut self, kind: char, event: &Event, track: usize, at: u64) -> io::Result<()> {
        self.out.write_all(if self.any { b",\n" } else { b"\n" })?;
        self.any = true;
        write!(
            self.out,
            r#"{{"ph":"{kind}","pid":{},"tid":{track},"ts":{}"#,
            event.loop_id,
            Micros(at),
        )
    }
}

/// Nanoseconds as the microseconds that the format counts in, nothing lost.
struct Micros(u64);

impl std::fmt::Display for Micros {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1000, self.0 % 1000)
    }
}

/// When what each event caused ended, as far as it happened in the same turn and phase: what a later turn does was not a part of it.
fn ends(events: &[Event]) -> Vec<u64> {
    let places: HashMap<u64, usize> = events
        .iter()
        .enumerate()
        .map(|(at, event)| (event.seq, at))
        .collect();
    let mut ends: Vec<u64> = events.iter().map(|event| event.time_ns).collect();
    // Effects come behind their causes, so that backwards each is complete when it is added to its own cause.
    for (at, event) in events.iter().enumerate().rev() {
        let cause = event.cause.and_then(|cause| places.get(&cause));
        if let Some(cause) = cause.copied().filter(|cause| *cause < at) {
            let place = |event: &Event| (event.loop_id, event.turn, event.phase);
            if place(&events[cause]) == place(event) {
                ends[cause] = ends[cause].max(ends[at]);
            }
        }
    }
    ends
}

/// Names the processes and the tracks, and puts them in their order.
fn name_tracks<W: Write>(events: &[Event], file: &mut File<'_, W>) -> io::Result<()> {
    let mut named = Vec::new();
    for event in events {
        if named.contains(&event.loop_id) {
            continue;
        }
        named.push(event.loop_id);
        let process = format!("loop {}", event.loop_id);
        let process = Quoted(&process);
        file.begin('M', event, 0, 0)?;
        write!(
            file.out,
            r#","name":"process_name","args":{{"name":{process}}}}}"#
        )?;
        let layers = Layer::ALL.map(|layer| (track(layer), layer.name()));
        for (track, name) in [(PHASES, "phases"), (TURNS, "turns")]
            .into_iter()
            .chain(layers)
        {
            file.begin('M', event, track, 0)?;
            write!(
                file.out,
                r#","name":"thread_name","args":{{"name":"{name}"}}}}"#
            )?;
            file.begin('M', event, track, 0)?;
            write!(
                file.out,
                r#","name":"thread_sort_index","args":{{"sort_index":{track}}}}}"#
            )?;
        }
    }
    Ok(())
}

/// Writes one entry for each stretch of events of one loop and turn that `what` names alike: from the first of them to the first that is not.
fn write_stretches<W: Write>(
    events: &[Event],
    file: &mut File<'_, W>,
    track: usize,
    what: impl Fn(&Event) -> Option<(u64, String)>,
) -> io::Result<()> {
    let place = |event: &Event| (event.loop_id, event.turn, what(event));
    let mut rest = events;
    while let Some(first) = rest.first() {
        let here = place(first);
        let length = rest.iter().take_while(|event| place(event) == here).count();
        let next = rest.get(length).or(rest.last());
        if let (.., Some((_, name))) = here
            && let Some(next) = next
        {
            file.begin('X', first, track, first.time_ns)?;
            let lasted = Micros(next.time_ns.saturating_sub(first.time_ns));
            let name = Quoted(&name);
            write!(
                file.out,
                r#","dur":{lasted},"cat":"loop","name":{name},"args":{{"turn":{}}}}}"#,
                first.turn
            )?;
        }
        rest = &rest[length..];
    }
    Ok(())
}

/// Writes an event: with a length if it had effects at once, as an instant if not.
fn write_event<W: Write>(event: &Event, end: u64, file: &mut File<'_, W>) -> io::Result<()> {
    let track = track(event.layer);
    if end > event.time_ns {
        file.begin('X', event, track, event.time_ns)?;
        write!(file.out, r#","dur":{}"#, Micros(end - event.time_ns))?;
    } else {
        file.begin('i', event, track, event.time_ns)?;
        file.out.write_all(br#","s":"t""#)?;
    }
    write!(
        file.out,
        r#","cat":"{}","name":{},"args":{{"seq":{},"turn":{}"#,
        event.layer.name(),
        Quoted(event.name),
        event.seq,
        event.turn
    )?;
    if let Some(cause) = event.cause {
        write!(file.out, r#","cause":{cause}"#)?;
    }
    if let Some(key) = event.object {
        write!(file.out, r#","object":"{key}""#)?;
    }
    for (name, value) in &event.args {
        write!(file.out, ",{}:{}", Quoted(name), Json(value))?;
    }
    match event.result {
        Outcome::None => {}
        Outcome::Done(count) => write!(file.out, r#","result":{count}"#)?,
        Outcome::Failed(errno) => write!(file.out, r#","error":{}"#, Quoted(errno.name()))?,
    }
    if let Some((before, after)) = event.queue {
        write!(file.out, r#","queue":"{before} → {after}""#)?;
    }
    file.out.write_all(b"}}")
}

/// Writes the arrows, each from an event to one in another layer of which it is the cause.
fn write_arrows<W: Write>(events: &[Event], file: &mut File<'_, W>) -> io::Result<()> {
    let by_seq: HashMap<u64, &Event> = events.iter().map(|event| (event.seq, event)).collect();
    for event in events {
        let cause = event.cause.and_then(|cause| by_seq.get(&cause));
        let Some(cause) = cause.filter(|cause| cause.layer != event.layer) else {
            continue;
        };
        file.begin('s', cause, track(cause.layer), cause.time_ns)?;
        write!(
            file.out,
            r#","id":{},"cat":"cause","name":"cause"}}"#,
            event.seq
        )?;
        file.begin('f', event, track(event.layer), event.time_ns)?;
        write!(
            file.out,
            r#","bp":"e","id":{},"cat":"cause","name":"cause"}}"#,
            event.seq
        )?;
    }
    Ok(())
}
