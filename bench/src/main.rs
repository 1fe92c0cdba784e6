//! uvox side by side with libuv, tokio, mio and Node: see `README.md` beside this crate.

mod counts;
mod ending;
mod error;
mod host;
mod jobs;
mod load;
mod peers;
mod plan;
mod process;
mod report;
mod rounds;
mod serve;
mod workloads;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::RangedU64ValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};

use ending::say;
use error::Result;
use peers::Peer;
use plan::Plan;
use workloads::Workload;

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
    /// Only these, with commas between them.
    #[arg(long, value_delimiter = ',')]
    peers: Vec<Peer>,
    /// Only cases whose name contains this.
    #[arg(long)]
    only: Option<String>,
    /// How often the peers take turns; 7, or 3 if it is to be quick.
    #[arg(long, value_parser = RangedU64ValueParser::<usize>::new().range(1..=1000))]
    rounds: Option<usize>,
    /// How long a measurement takes, in seconds; 0.5, or 0.06 if it is to be quick. It is warmed up for a third of that.
    #[arg(long, allow_negative_numbers = true, value_parser = seconds)]
    seconds: Option<f64>,
    /// The core of servers and loops; the first that there is.
    #[arg(long)]
    server_core: Option<usize>,
    /// The core of the load generator, and of threads that wake a loop; the second, or the first if there is no other.
    #[arg(long)]
    client_core: Option<usize>,
    /// Where the report goes.
    #[arg(long, default_value = "target/bench")]
    out: PathBuf,
}

fn main() -> ExitCode {
    let done = run(Arguments::parse().command);
    ending::clear();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("uvox-bench: {reason}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let (workloads, options): (&[Workload], _) = match command {
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
    let plan = Plan::of(workloads, options)?;
    report::prepare(&options.out)?;
    ending::prepare()?;
    host::pin(plan.setting.client_core)?;
    let heading = plan.heading();
    heading.iter().for_each(|line| say(line));
    say("");
    let bar = rounds::bar(&plan.cases, plan.rounds)?;
    let mut outcomes = Vec::new();
    for case in &plan.cases {
        let outcome = rounds::run(case, &plan.setting, plan.rounds, &bar)?;
        bar.suspend(|| say(&report::table(&outcome)));
        outcomes.push(outcome);
        // What there is so far is not lost if it is ended early.
        report::write(&options.out, &outcomes, &plan, &heading)?;
    }
    bar.finish_and_clear();
    say(&report::goals(&report::judge(&outcomes)));
    say(&format!(
        "\nreport.txt, report.json and report.svg are in {}.",
        options.out.display()
    ));
    Ok(())
}

/// Seconds that make sense.
fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is no number".to_owned())?;
    if (0.01..=600.0).contains(&seconds) {
        Ok(seconds)
    } else {
        Err("it is not in 0.01..=600".to_owned())
    }
}
