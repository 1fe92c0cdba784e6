//! Events as a tale: a tree in which each stands below the one that it came from, a line each, with its layer.

use std::collections::HashMap;
use std::io::{self, Write};

use uvox::event_loop::Phase;
use uvox::event_loop::trace::{Event, Layer, Outcome, Value};

use super::names::Names;

/// How it looks: with colours on a terminal, without elsewhere.
#[derive(Debug)]
pub(super) struct Style {
    colours: bool,
}

impl Style {
    pub(super) fn new(colours: bool) -> Style {
        Style { colours }
    }

    fn paint(&self, code: &str, text: &str) -> String {
        match self.colours {
            true => format!("\x1b[{code}m{text}\x1b[0m"),
            false => text.to_owned(),
        }
    }

    pub(super) fn title(&self, text: &str) -> String {
        self.paint("1", text)
    }

    pub(super) fn dim(&self, text: &str) -> String {
        self.paint("2", text)
    }

    pub(super) fn mark(&self, holds: bool) -> String {
        match holds {
            true => self.paint("32", "✓"),
            false => self.paint("31", "✗"),
        }
    }

    fn layer(&self, layer: Layer) -> String {
        let code = match layer {
            Layer::Sys => "33",
            Layer::Loop => "36",
            Layer::Uv => "34",
            Layer::Base => "35",
            Layer::Net => "32",
        };
        self.paint(code, &format!("{:4}", layer.name()))
    }
}

/// An event and what came from it.
struct Node<'a> {
    event: &'a Event,
    children: Vec<Node<'a>>,
}

impl Node<'_> {
    /// What it is made of, without the numbers: two that look the same are told once.
    fn shape(&self) -> String {
        let mut shape = format!("{}{:?}", self.event.name, self.event.object);
        for run in runs(&self.children) {
            shape.push('(');
            shape += &run[0].shape();
            shape.push(')');
        }
        shape
    }
}

/// Neighbours that look the same, together.
fn runs<'a, 'b>(nodes: &'b [Node<'a>]) -> impl Iterator<Item = &'b [Node<'a>]> {
    nodes.chunk_by(|one, other| one.shape() == other.shape())
}

pub(super) fn write(
    out: &mut impl Write,
    style: &Style,
    names: &Names,
    events: &[Event],
) -> io::Result<()> {
    let mut children: HashMap<Option<u64>, Vec<&Event>> = HashMap::new();
    let here = events.first().map_or(0, |event| event.seq);
    // That a turn begins, the headers say.
    for event in events.iter().filter(|event| event.name != "turn") {
        // What came from an earlier stop stands by itself.
        let cause = event.cause.filter(|cause| *cause >= here);
        children.entry(cause).or_default().push(event);
    }
    let roots = grow(&children, None);
    let turns: Vec<&[Node<'_>]> = roots
        .chunk_by(|one, other| one.event.turn == other.event.turn)
        .collect();
    let shape = |turn: &[Node<'_>]| {
        let shapes: Vec<String> = runs(turn).map(|run| run[0].shape()).collect();
        shapes.join(" ")
    };
    let kinds: Vec<&[&[Node<'_>]]> = turns
        .chunk_by(|one, other| shape(one) == shape(other))
        .collect();
    // Of many turns, the first and the last ones say what there is to say.
    let hidden = match kinds.len() {
        many if many > FIRST + LAST + 1 => FIRST..many - LAST,
        _ => 0..0,
    };
    for (at, same) in kinds.iter().enumerate() {
        let rest = match hidden.contains(&at) {
            false => {
                write_turn(out, style, names, same[0])?;
                same[1..].to_vec()
            }
            true if at == hidden.start => kinds[hidden.clone()].concat(),
            true => continue,
        };
        if !rest.is_empty() {
            let bytes: u64 = rest.iter().flat_map(|turn| turn.iter()).map(moved).sum();
            let more = format!("… {} more such turns, of {bytes} bytes", rest.len());
            writeln!(out, "  {}", style.dim(&more))?;
        }
    }
    Ok(())
}

/// So many turns of a stop are told from its beginning, and from its end.
const FIRST: usize = 5;
const LAST: usize = 2;

fn grow<'a>(children: &HashMap<Option<u64>, Vec<&'a Event>>, of: Option<u64>) -> Vec<Node<'a>> {
    let events = children.get(&of).map_or(&[][..], Vec::as_slice);
    let node = |event: &&'a Event| Node {
        event,
        children: grow(children, Some(event.seq)),
    };
    events.iter().map(node).collect()
}

fn write_turn(
    out: &mut impl Write,
    style: &Style,
    names: &Names,
    turn: &[Node<'_>],
) -> io::Result<()> {
    let mut phase = None;
    for run in runs(turn) {
        let event = run[0].event;
        if phase != Some(event.phase) {
            phase = Some(event.phase);
            let header = match event.phase {
                Phase::Outside => "outside of any turn".to_owned(),
                phase => format!("turn {}, {phase}", event.turn),
            };
            writeln!(out, "  {}", style.dim(&header))?;
        }
        write_run(out, style, names, run, 0)?;
    }
    Ok(())
}

fn write_run(
    out: &mut impl Write,
    style: &Style,
    names: &Names,
    run: &[Node<'_>],
    depth: usize,
) -> io::Result<()> {
    let node = &run[0];
    let indent = "  ".repeat(depth);
    let line = line(names, node.event);
    writeln!(out, "  {} {indent}{line}", style.layer(node.event.layer))?;
    for run in runs(&node.children) {
        write_run(out, style, names, run, depth + 1)?;
    }
    if run.len() > 1 {
        let bytes: u64 = run[1..].iter().map(moved).sum();
        let more = match bytes {
            0 => format!("… {} more", run.len() - 1),
            bytes => format!("… {} more, of {bytes} bytes", run.len() - 1),
        };
        writeln!(out, "       {indent}{}", style.dim(&more))?;
    }
    Ok(())
}

/// How many bytes went through the kernel in it.
fn moved(node: &Node<'_>) -> u64 {
    let own = match (node.event.layer, node.event.name, node.event.result) {
        (Layer::Sys, "recv" | "recvmsg" | "send" | "sendmsg", Outcome::Done(count)) => count,
        _ => 0,
    };
    own + node.children.iter().map(moved).sum::<u64>()
}

/// An event in a line: what happened to whom, with what, and how it ended.
fn line(names: &Names, event: &Event) -> String {
    if let (Some(key), "event", [(_, told)]) = (event.object, event.name, &event.args[..]) {
        let whom = names.of(key).unwrap_or("somebody");
        return format!("'{told}' is told by {whom}");
    }
    let mut line = event.name.to_owned();
    if let Some(key) = event.object {
        match names.of(key) {
            Some(name) => line += &format!(" {name}"),
            None => line += &format!(" {key}"),
        }
    }
    for (name, value) in &event.args {
        match value {
            Value::Bool(true) => line += &format!(" {name}"),
            Value::Bool(false) => {}
            Value::Uint(ns) if *name == "timeout_ns" => {
                line += &format!(" timeout={}ms", ns / 1_000_000)
            }
            value => line += &format!(" {name}={value}"),
        }
    }
    match event.result {
        Outcome::None => {}
        Outcome::Done(count) => line += &format!(" = {count}"),
        Outcome::Failed(errno) => line += &format!(" = {}", errno.name()),
    }
    if let Some((before, after)) = event.queue {
        line += &format!(" [queue {before} → {after}]");
    }
    line
}
