//! The server's side of a measurement: a process of its own, which says where it listens and does what it is told until it is killed.

use std::fmt;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::{process, thread};

use clap::{Args, ValueEnum};

use crate::counts::allocator;
use crate::error::Result;
use crate::peers::{self, Peer};

/// What a server is told.
#[derive(Clone, Debug, Args)]
pub(crate) struct Order {
    /// Whose server it is.
    pub(crate) peer: Peer,
    /// What it does.
    pub(crate) service: Service,
    /// The Unix socket to listen on; without it, TCP on a port of 127.0.0.1 that the kernel chooses.
    #[arg(long)]
    pub(crate) unix: Option<PathBuf>,
    /// Answers each line on the standard input with what was allocated so far.
    #[arg(long)]
    pub(crate) control: bool,
}

/// What a server does with its connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Service {
    /// Sends back what comes; closes at the end.
    Echo,
    /// Reads what comes, and drops it.
    Sink,
    /// Sends as much as the peer takes, in pieces of 64 KiB.
    Source,
    /// Of each two connections, sends to the second what comes from the first.
    Relay,
    /// The same, within the kernel.
    Splice,
    /// Sends back datagrams, one by one.
    UdpEcho,
    /// The same in batches, as the library does it if nobody says anything else.
    UdpBatch,
    /// The same in batches of single datagrams: none is coalesced.
    UdpAlone,
}

impl Service {
    /// Whether it is about datagrams.
    pub(crate) fn is_udp(self) -> bool {
        self == Service::UdpEcho || self.is_udp_batch()
    }

    /// Whether it is about batches of datagrams.
    pub(crate) fn is_udp_batch(self) -> bool {
        matches!(self, Service::UdpBatch | Service::UdpAlone)
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("none is skipped");
        f.write_str(value.get_name())
    }
}

/// How much is sent, and read, at once where it is a lot.
pub(crate) const PIECE: usize = 64 * 1024;

/// How often a connection is served at most before others have their turn, by those who decide it themselves: as often as tokio's budget lets a task go on.
pub(crate) const PIECES: usize = 128;

/// How many connections may wait to be accepted.
pub(crate) const BACKLOG: i32 = 4096;

/// Does what it is told.
pub(crate) fn run(order: &Order) -> Result<()> {
    if order.control {
        allocator::enable();
        thread::Builder::new().spawn(control)?;
    }
    peers::serve(order)
}

/// Tells the harness who serves, and where.
pub(crate) fn announce(place: impl fmt::Display) -> Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{} {place}", process::id())?;
    out.flush()?;
    Ok(())
}

/// Answers questions, with no allocation of its own.
fn control() -> io::Result<()> {
    let mut stdin = io::stdin();
    let mut byte = [0];
    while stdin.read(&mut byte)? == 1 {
        if byte == *b"\n" {
            let counted = allocator::counted();
            let mut out = io::stdout().lock();
            writeln!(out, "{} {}", counted.allocations, counted.held)?;
            out.flush()?;
        }
    }
    Ok(())
}
