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
use crate::Outcome;

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
    let mut out = BufWriter::new(io::stdout().lock());
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
            let file =
                File::create(path).with_context(|| format!("cannot write {}", path.display()))?;
            Some(BufWriter::new(file))
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
    if let Some(mut file) = chrome {
        trace::write_chrome(&shown, &mut file)?;
        file.flush()?;
    }
    out.flush()?;
    Ok(if all_hold {
        Outcome::Well
    } else {
        Outcome::Otherwise
    })
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
