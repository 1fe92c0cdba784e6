//! `uvox compare`.

use std::io::{self, Write};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use anyhow::{Context, Result, bail};

use crate::diff::{differing, side_by_side};
use crate::node::{MAJOR, Node};
use crate::replay::{name, read};
use crate::{Outcome, interrupt, play, random, random_udp, scenario};

/// How often a scenario whose traces differ is played in both places, each time with more time than before.
const PLAYS: u32 = 4;

/// Play scenarios on uvox and on Node, and show what differs.
///
/// Exit status 1 if anything does. docs/scenarios.md says what scenarios and traces are.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The scenarios; - for standard input
    #[arg(required_unless_present = "random")]
    files: Vec<PathBuf>,
    /// Play the random scenarios of these seeds, the last one excluded: 0..1000
    #[arg(long, value_name = "SEED..SEED", value_parser = seeds)]
    random: Option<Range<u64>>,
    /// The random scenarios are of datagrams
    #[arg(long, requires = "random")]
    udp: bool,
    /// Print the random scenarios instead of playing them
    #[arg(long, requires = "random")]
    print: bool,
}

fn seeds(text: &str) -> Result<Range<u64>, String> {
    let range = text.split_once("..").and_then(|(from, to)| {
        let (from, to) = (from.parse().ok()?, to.parse().ok()?);
        (from <= to).then_some(from..to)
    });
    range.ok_or_else(|| "two seeds are wanted, like 0..1000".to_owned())
}

/// What came of a scenario.
enum Verdict {
    Same { lines: usize, plays: u32 },
    Differs { shown: String },
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    interrupt::ends_process()?;
    let seeds = arguments.random.clone().unwrap_or(0..0);
    let make = match arguments.udp {
        true => random_udp::scenario,
        false => random::scenario,
    };
    if arguments.print {
        for seed in seeds {
            print(&make(seed))?;
        }
        return Ok(Outcome::Well);
    }
    let node = Node::find()?;
    if !node.version().starts_with(MAJOR) {
        let version = node.version();
        eprintln!("uvox: note: this Node is {version}, and uvox goes by Node 20");
    }
    let mut outcome = Outcome::Well;
    for file in &arguments.files {
        let name = name(file);
        let text = read(file)?;
        match compare(&node, &text).with_context(|| name.clone())? {
            Verdict::Same { lines, plays: 1 } => print(&format!("{name}: same, {lines} lines\n"))?,
            Verdict::Same { lines, plays } => {
                print(&format!("{name}: same, {lines} lines, in play {plays}\n"))?;
            }
            Verdict::Differs { shown } => {
                outcome = Outcome::Otherwise;
                print(&format!("{name}: differs\n{shown}"))?;
            }
        }
    }
    if !seeds.is_empty() && compare_seeds(&node, seeds, make)? > 0 {
        outcome = Outcome::Otherwise;
    }
    Ok(outcome)
}

/// Plays a scenario in both places, again if they differ; how it ended, and how many lines the trace has.
fn compare(node: &Node, text: &str) -> Result<Verdict> {
    let mut theirs = Vec::new();
    let mut ours = Vec::new();
    for plays in 1..=PLAYS {
        let text = &scenario::for_play(text, plays - 1);
        let playing = node.play(text)?;
        // While Node plays, so do we. A scenario that is not sound is refused here, and Node's complaint is not needed.
        let own = scenario::parse(text).and_then(play::play);
        let there = playing.trace();
        ours.push(own?);
        theirs.push(there?);
        let agree = |theirs: &String| ours.iter().find(|ours| differing(theirs, ours).is_empty());
        if let Some(trace) = theirs.iter().find_map(agree) {
            let lines = trace.lines().count();
            return Ok(Verdict::Same { lines, plays });
        }
    }
    let (Some(theirs), Some(ours)) = (theirs.pop(), ours.pop()) else {
        bail!("nothing was played");
    };
    let shown = side_by_side(&theirs, &ours, ["node", "uvox"]);
    Ok(Verdict::Differs { shown })
}

/// Plays random scenarios, several at a time; how many differ.
fn compare_seeds(node: &Node, seeds: Range<u64>, make: fn(u64) -> String) -> Result<u64> {
    let total = seeds.end - seeds.start;
    let next = AtomicU64::new(seeds.start);
    let (differ, again) = (AtomicU64::new(0), AtomicU64::new(0));
    let failure = Mutex::new(None);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                break;
            }
            let text = make(seed);
            let told = compare(node, &text).and_then(|verdict| match verdict {
                Verdict::Same { plays, .. } => {
                    again.fetch_add(u64::from(plays > 1), Ordering::Relaxed);
                    Ok(())
                }
                Verdict::Differs { shown } => {
                    differ.fetch_add(1, Ordering::Relaxed);
                    print(&format!("seed {seed}: differs\n{text}{shown}"))
                }
            });
            if let Err(error) = told {
                let error = error.context(format!("seed {seed}"));
                *failure.lock().unwrap_or_else(|lock| lock.into_inner()) = Some(error);
                next.store(seeds.end, Ordering::Relaxed);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    let failure = failure.into_inner();
    if let Some(error) = failure.unwrap_or_else(|lock| lock.into_inner()) {
        return Err(error);
    }
    let (differ, again) = (differ.into_inner(), again.into_inner());
    print(&format!(
        "{total} random scenarios: {} same, {differ} differ; {again} were played more than once until they were the same\n",
        total - differ
    ))?;
    Ok(differ)
}

fn print(text: &str) -> Result<()> {
    let printed = io::stdout().lock().write_all(text.as_bytes());
    printed.context("standard output")
}
