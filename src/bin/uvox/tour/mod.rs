//! `uvox tour`: one connection from its first system call to its last, stop by stop, told by the trace of what really ran.

mod names;
mod stage;
mod stops;
mod tale;

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use uvox::event_loop::trace::{self, Event};

use self::stage::Stage;
use self::stops::{STOPS, Stop, Told};
use self::tale::Style;
use crate::{Outcome, interrupt};

/// Takes one connection through its life on loopback, and shows what every layer did.
///
/// A server and a client, in one loop: listen, connect, a small write, a write that the kernel takes in parts, reads with back-pressure, half-close, close. What is
/// printed is the trace of what ran. Each stop claims something, and checks it against the trace; the command fails if a claim does not hold.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Shows this stop alone; those before it are gone through silently.
    #[arg(long, value_name = "STOP")]
    only: Option<String>,
    /// Lists the stops.
    #[arg(long)]
    list: bool,
    /// Prints the events, one JSON object a line, instead of the tale.
    #[arg(long)]
    json: bool,
    /// Writes a timeline that chrome://tracing and Perfetto open.
    #[arg(long, value_name = "FILE")]
    chrome: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    interrupt::ends_process()?;
    let mut out = BufWriter::new(Named(io::stdout().lock()));
    if arguments.list {
        for stop in &STOPS {
            writeln!(out, "{:14} {}", stop.name, stop.title)?;
        }
        out.flush()?;
        return Ok(Outcome::Well);
    }
    let last = match &arguments.only {
        None => STOPS.len() - 1,
        Some(name) => match STOPS.iter().position(|stop| stop.name == name) {
            Some(at) => at,
            None => bail!("there is no stop {name:?}; --list names them"),
        },
    };
    // What cannot be written is to be known before anything else is done.
    let chrome = match &arguments.chrome {
        Some(path) => {
            let cannot = format!("cannot write {}", path.display());
            let file = File::create(path).with_context(|| cannot.clone())?;
            Some((BufWriter::new(file), cannot))
        }
        None => None,
    };
    let mut show = Show {
        style: Style::new(io::stdout().is_terminal()),
        json: arguments.json,
        out: &mut out,
    };
    let mut shown = Vec::new();
    let mut all_hold = true;
    let mut stage = Stage::new()?;
    for (at, stop) in STOPS.iter().enumerate().take(last + 1) {
        let told = (stop.go)(&mut stage).with_context(|| format!("at the stop {:?}", stop.name))?;
        let events = stage.take_events();
        if arguments.only.is_some() && at < last {
            continue;
        }
        all_hold &= told.claims.iter().all(|claim| claim.holds);
        show.stop(at, stop, &told, &stage, &events)?;
        shown.extend(events);
    }
    if !arguments.json {
        show.end(&shown, all_hold)?;
    }
    if let Some((mut file, cannot)) = chrome {
        let written = trace::write_chrome(&shown, &mut file).and_then(|()| file.flush());
        written.context(cannot)?;
    }
    out.flush()?;
    Ok(if all_hold {
        Outcome::Well
    } else {
        Outcome::Otherwise
    })
}

/// Standard output, which says that it is that when something is wrong with it.
struct Named<W>(W);

impl<W: Write> Write for Named<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes).map_err(name)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush().map_err(name)
    }
}

fn name(error: io::Error) -> io::Error {
    match error.kind() {
        // The buffer goes on by itself.
        io::ErrorKind::Interrupted => error,
        kind => io::Error::new(kind, format!("standard output: {error}")),
    }
}

/// Where and how it is told.
struct Show<'a, W> {
    style: Style,
    json: bool,
    out: &'a mut W,
}

impl<W: Write> Show<'_, W> {
    fn stop(
        &mut self,
        at: usize,
        stop: &Stop,
        told: &Told,
        stage: &Stage,
        events: &[Event],
    ) -> Result<()> {
        if self.json {
            for event in events {
                event.write_json(self.out)?;
                writeln!(self.out)?;
            }
            return Ok(());
        }
        let title = format!("{} · {}", at + 1, stop.title);
        writeln!(self.out, "\n{}", self.style.title(&title))?;
        writeln!(self.out, "{}\n", stop.intro)?;
        tale::write(self.out, &self.style, stage.names(), events)?;
        writeln!(self.out)?;
        for why in &told.whys {
            writeln!(self.out, "  {} {why}", self.style.dim("why"))?;
        }
        for claim in &told.claims {
            writeln!(
                self.out,
                "  {} {}",
                self.style.mark(claim.holds),
                claim.sentence
            )?;
        }
        Ok(())
    }

    fn end(&mut self, events: &[Event], all_hold: bool) -> Result<()> {
        let calls = events
            .iter()
            .filter(|event| event.layer == trace::Layer::Sys)
            .count();
        let turns = events.iter().filter(|event| event.name == "turn").count();
        writeln!(
            self.out,
            "\n{} events, {calls} of them system calls, in {turns} turns of the loop.",
            events.len()
        )?;
        if !all_hold {
            writeln!(self.out, "{} not all of it is so.", self.style.mark(false))?;
        }
        Ok(())
    }
}
