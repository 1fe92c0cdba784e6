//! uvox side by side with libuv, tokio, mio and Node: see `README.md` beside this crate.

mod counts;
mod error;
mod peers;
mod process;
mod serve;

use clap::{Parser, Subcommand};

use error::Result;
use serve::Order;

/// Counts what every server allocates, when it is asked to; else it is the system's allocator.
#[global_allocator]
static ALLOCATOR: counts::allocator::Counting = counts::allocator::Counting;

#[derive(Debug, Parser)]
#[command(about = "uvox side by side with libuv, tokio, mio and Node")]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// What no noisy machine can blur: instructions, system calls, allocations, sizes.
    Counts(counts::Options),
    /// The server of one measurement; the harness starts it.
    #[command(hide = true)]
    Serve(Order),
}

fn main() -> Result<()> {
    process::allow_descriptors()?;
    match Args::parse().command {
        Command::Counts(options) => counts::run(&options),
        Command::Serve(order) => serve::run(&order),
    }
}
