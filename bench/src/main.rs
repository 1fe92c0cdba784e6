//! uvox side by side with libuv, tokio, mio and Node: see `README.md` beside this crate.

mod counts;
mod error;
mod jobs;
mod load;
mod peers;
mod process;
mod report;
mod rounds;
mod serve;
mod workloads;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use error::Result;
use load::Times;
use peers::Peer;
use workloads::{Case, Setting, Workload};

/// Counts what every server allocates, when it is asked to; else it is the system's allocator.
#[global_allocator]
static ALLOCATOR: counts::allocator::Counting = counts::allocator::Counting;

#[derive(Debug, Parser)]
#[command(about = "uvox side by side with libuv, tokio, mio and Node")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// All workloads.
    All(Options),
    /// Messages back and forth over TCP.
    Echo(Options),
    /// The same over Unix sockets.
    Unix(Options),
    /// As much as goes through, both ways, and from one socket to another.
    Bulk(Options),
    /// Connections that come and go.
    Churn(Options),
    /// Many connections on which nothing happens, and one on which something does.
    Idle(Options),
    /// Timers and timeouts.
    Timers(Options),
    /// Wake-ups from other threads.
    Wakeups(Options),
    /// Turns of the loop with nothing to do, and with many hooks.
    Turns(Options),
    /// Datagrams, one by one and in batches.
    Udp(Options),
    /// What no noisy machine can blur: instructions, system calls, allocations, sizes.
    Counts(counts::Options),
    /// The server of one measurement; the harness starts it.
    #[command(hide = true)]
    Serve(serve::Order),
    /// A measurement that needs no client; the harness starts it.
    #[command(hide = true)]
    Work(jobs::Assignment),
}

#[derive(Clone, Debug, Args)]
struct Options {
    /// In less than a minute: fewer cases and rounds, shorter ones.
    #[arg(long)]
    quick: bool,
    /// Only these.
    #[arg(long, value_delimiter = ',')]
    peers: Vec<Peer>,
    /// Only cases whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// How often the peers take turns; 7, or 3 if it is to be quick.
    #[arg(long)]
    rounds: Option<usize>,
    /// How long a measurement takes, in seconds; 0.5, or 0.06 if it is to be quick. It is warmed up for a third of that.
    #[arg(long)]
    seconds: Option<f64>,
    /// The core of servers and loops.
    #[arg(long, default_value_t = 0)]
    server_core: usize,
    /// The core of the load generator, and of threads that wake a loop.
    #[arg(long, default_value_t = 1)]
    client_core: usize,
    /// Where the report goes.
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
}

fn main() -> Result<()> {
    process::allow_descriptors()?;
    let (workloads, options): (&[Workload], _) = match Arguments::parse().command {
        Command::Counts(options) => return counts::run(&options),
        Command::Serve(order) => return serve::run(&order),
        Command::Work(assignment) => return jobs::run(&assignment),
        Command::All(options) => (Workload::value_variants(), options),
        Command::Echo(options) => (&[Workload::Echo], options),
        Command::Unix(options) => (&[Workload::Unix], options),
        Command::Bulk(options) => (&[Workload::Bulk], options),
        Command::Churn(options) => (&[Workload::Churn], options),
        Command::Idle(options) => (&[Workload::Idle], options),
        Command::Timers(options) => (&[Workload::Timers], options),
        Command::Wakeups(options) => (&[Workload::Wakeups], options),
        Command::Turns(options) => (&[Workload::Turns], options),
        Command::Udp(options) => (&[Workload::Udp], options),
    };
    measure(workloads, &options)
}

fn measure(workloads: &[Workload], options: &Options) -> Result<()> {
    let seconds = options.seconds;
    let seconds = seconds.unwrap_or(if options.quick { 0.06 } else { 0.5 });
    let rounds = options.rounds.unwrap_or(if options.quick { 3 } else { 7 });
    let setting = Setting {
        server_core: options.server_core,
        client_core: options.client_core,
        times: Times::of(seconds / 3.0, seconds),
        quick: options.quick,
    };
    process::pin(setting.client_core)?;
    let mut cases = Vec::new();
    for workload in workloads {
        cases.extend(
            workload
                .cases(&setting)
                .into_iter()
                .filter_map(|mut case: Case| {
                    let wanted =
                        |peer: &Peer| options.peers.is_empty() || options.peers.contains(peer);
                    case.peers.retain(wanted);
                    let is_named = options
                        .only
                        .as_ref()
                        .is_none_or(|part| case.name.contains(part));
                    (is_named && !case.peers.is_empty()).then_some(case)
                }),
        );
    }
    let bar = rounds::bar(&cases, rounds)?;
    let mut outcomes = Vec::new();
    for case in &cases {
        let outcome = rounds::run(case, &setting, rounds, &bar)?;
        bar.suspend(|| println!("{}", report::table(&outcome)));
        outcomes.push(outcome);
        // What there is so far is not lost if it is ended early.
        report::write(&options.out, &outcomes, rounds)?;
    }
    bar.finish_and_clear();
    println!("{}", report::goals(&report::judge(&outcomes)));
    println!("{}", options.out.join("report.json").display());
    Ok(())
}
