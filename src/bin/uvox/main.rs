//! The `uvox` command: uvox at work, to be watched and used. Each subcommand is a module with its arguments and what it does.
//!
//! What stops a command is one line on standard error. Exit status: 0 if all is well, 1 if what was asked for turned out otherwise (`compare` found a
//! difference), 2 if it could not be done.

mod compare;
mod diff;
mod node;
mod play;
mod random;
mod replay;
mod scenario;
mod trace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Node's TCP stack in Rust, to be watched and used.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Replay(replay::Arguments),
    Compare(compare::Arguments),
}

/// How a command that was carried out ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Well,
    Otherwise,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    env_logger::init();
    let outcome = match arguments.command {
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
    };
    match outcome {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::Otherwise) => ExitCode::from(1),
        Err(error) => {
            eprintln!("uvox: {error:#}");
            ExitCode::from(2)
        }
    }
}
