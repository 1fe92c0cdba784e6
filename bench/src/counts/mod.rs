//! What no noisy machine can blur: how many instructions, system calls and allocations it takes.
//!
//! The messages come in lockstep: one on every connection, then every answer, then the next round. The server runs on the client's core, and only
//! when the client waits, so it finds all of a round's messages at once, every time.

mod allocations;
pub(crate) mod allocator;
mod calls;
mod goals;
mod growth;
mod instructions;
mod json;
mod lockstep;
mod page;
mod sizes;

use std::path::PathBuf;

use clap::builder::RangedU64ValueParser;
use clap::{Args, ValueEnum};

use allocations::Allocated;
use calls::Calls;
use lockstep::Work;
use page::Page;

use crate::ending::{self, say};
use crate::error::{Result, error};
use crate::peers::{Peer, present};
use crate::process::require_tools;
use crate::serve::Service;
use crate::{host, report};

/// What is counted, of whom.
#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// Only these, with commas between them.
    #[arg(long, value_delimiter = ',')]
    peers: Vec<Peer>,
    /// How many connections there are.
    #[arg(long, default_value_t = 100, value_parser = RangedU64ValueParser::<usize>::new().range(1..=20_000))]
    connections: usize,
    /// How long a message is, in bytes; no longer than any socket's buffer has room for.
    #[arg(long, default_value_t = 64, value_parser = RangedU64ValueParser::<usize>::new().range(1..=65_536))]
    size: usize,
    /// Over Unix sockets instead of TCP.
    #[arg(long)]
    unix: bool,
    /// Datagrams, sent back one by one. There are no connections, only sockets that the server does not know; one that comes and goes is a datagram that comes alone.
    #[arg(long, conflicts_with = "unix")]
    udp: bool,
    /// Only these, with commas between them.
    #[arg(long, value_delimiter = ',')]
    only: Vec<What>,
    /// Where callgrind's files are kept, to see by `callgrind_annotate` which functions it is: `PEER.ROUNDS.CONNECTIONS`.
    #[arg(long)]
    keep: Option<PathBuf>,
    /// The core that client and server share; the first that there is.
    #[arg(long)]
    core: Option<usize>,
    /// Where `counts.txt` and `counts.json` go.
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
}

/// What can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    Instructions,
    Calls,
    Allocations,
    Growth,
    Sizes,
}

impl What {
    fn name(self) -> String {
        let value = self.to_possible_value();
        value.expect("none is skipped").get_name().to_owned()
    }

    /// What counts it, if it is not us.
    fn program(self) -> Option<&'static str> {
        match self {
            What::Instructions | What::Growth => Some("valgrind"),
            What::Calls => Some("strace"),
            What::Allocations | What::Sizes => None,
        }
    }
}

/// Something of each peer, in the order in which they are told of.
type Rows<T> = Vec<(Peer, T)>;

/// What was counted, of whom.
#[derive(Debug, Default)]
struct Counted {
    instructions: Rows<Each>,
    calls: Rows<Calls>,
    allocations: Rows<Allocated>,
    /// Instructions for each message with so many connections.
    growth: Rows<Vec<(usize, f64)>>,
    sizes: Vec<(String, usize)>,
}

/// How many messages more the second of the runs has.
const MESSAGES: usize = 10_000;

/// How many rounds more it has at least: a start with many connections is not quite the same each time, and what is left of that is shared by them all.
const MORE_ROUNDS: usize = 10;

/// How many connections more the third has.
const VISITS: usize = 300;

/// How many rounds the first has: enough for what grows to have grown.
const ROUNDS: usize = 5;

/// What a message takes, and what it takes to come, send one, and go.
#[derive(Clone, Copy, Debug)]
struct Each {
    message: f64,
    visit: f64,
}

impl Each {
    /// What it takes to come and go.
    fn connection(self) -> f64 {
        self.visit - self.message
    }
}

impl Options {
    /// The runs that are compared. What is the same in all, the start and the first connections, cancels out.
    fn work(&self) -> [Work; 3] {
        let few = Work {
            rounds: ROUNDS,
            visits: 0,
        };
        let rounds = few.rounds + self.more_rounds();
        let visits = VISITS;
        [few, Work { rounds, ..few }, Work { visits, ..few }]
    }

    fn more_rounds(&self) -> usize {
        (MESSAGES / self.connections).max(MORE_ROUNDS)
    }

    /// How many messages more than the first the second run has.
    fn messages(&self) -> f64 {
        (self.more_rounds() * self.connections) as f64
    }

    /// How many connections more than the first the third run has.
    fn visits(&self) -> f64 {
        VISITS as f64
    }

    fn peers(&self) -> Vec<Peer> {
        let named = if self.peers.is_empty() {
            Peer::all()
        } else {
            &self.peers
        };
        let serves = |peer: &Peer| peer.serves(self.service());
        named.iter().copied().filter(serves).collect()
    }

    fn service(&self) -> Service {
        match self.udp {
            true => Service::UdpEcho,
            false => Service::Echo,
        }
    }

    /// What it goes over, in words.
    fn over(&self) -> &'static str {
        match (self.udp, self.unix) {
            (true, _) => "UDP",
            (_, true) => "Unix sockets",
            _ => "TCP",
        }
    }

    fn core(&self) -> usize {
        self.core.unwrap_or_default()
    }

    /// What can be counted on this machine; and what cannot, and why. What was named has to be there.
    fn here(&self) -> Result<(Options, Vec<String>)> {
        require_tools()?;
        let (peers, missing) = present(&self.peers)?;
        let mut left_out: Vec<String> = missing.into_iter().collect();
        let descriptors = host::allow_descriptors()?;
        // Those that it takes to count what a connection allocates are as many again.
        if let Some(reason) = host::too_many(2 * self.connections, descriptors) {
            return Err(error(reason));
        }
        let mut only = Vec::new();
        for &what in What::value_variants() {
            if !self.wants(what) {
                continue;
            }
            let missing = what.program().filter(|program| !host::has(program));
            let too_many = (what == What::Growth)
                .then(|| host::too_many(growth::CONNECTIONS[2], descriptors))
                .flatten();
            let reason = missing
                .map(|program| format!("{program} is not in the PATH"))
                .or(too_many);
            match reason {
                None => only.push(what),
                Some(reason) => left_out.push(format!("{}: {reason}", what.name())),
            }
        }
        if only.is_empty() || self.only.iter().any(|what| !only.contains(what)) {
            return Err(error(left_out.join("\n")));
        }
        let options = Options {
            peers,
            only,
            core: Some(host::core(self.core, 0)?),
            ..self.clone()
        };
        if options.peers().is_empty() {
            return Err(error(format!("none of these serves over {}", self.over())));
        }
        Ok((options, left_out))
    }

    fn wants(&self, what: What) -> bool {
        self.only.is_empty() || self.only.contains(&what)
    }
}

/// Counts, prints tables, and writes `counts.txt` and `counts.json`.
pub(crate) fn run(options: &Options) -> Result<()> {
    let (options, left_out) = &options.here()?;
    report::prepare(&options.out)?;
    ending::prepare()?;
    host::pin(options.core())?;
    let mut page = Page::default();
    page.line(report::machine());
    for what in left_out {
        page.line(format!("Left out: {what}."));
    }
    page.line(format!(
        "Echo over {}, {} connections, messages of {} bytes.",
        options.over(),
        options.connections,
        options.size
    ));
    let mut counted = Counted::default();
    if options.wants(What::Instructions) {
        counted.instructions = instructions::run(options, &mut page)?;
    }
    if options.wants(What::Calls) {
        counted.calls = calls::run(options, &mut page)?;
    }
    if options.wants(What::Allocations) {
        counted.allocations = allocations::run(options, &mut page)?;
    }
    // So many datagrams at once no socket has room for.
    if options.wants(What::Growth) && !options.udp {
        counted.growth = growth::run(options, &mut page)?;
    }
    if options.wants(What::Sizes) {
        counted.sizes = sizes::run(&mut page);
    }
    let goals = goals::judge(&counted, options);
    page.line(report::goals(&goals));
    page.write(&options.out)?;
    json::write(&counted, &goals, options)?;
    say(&format!(
        "\ncounts.txt and counts.json are in {}.",
        options.out.display()
    ));
    Ok(())
}
