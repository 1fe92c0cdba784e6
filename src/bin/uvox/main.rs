//! The `uvox` command: uvox at work, to be watched and used. Each subcommand is a module with its arguments and what it does.
//!
//! What stops a command is one line on standard error. Exit status: 0 if all is well, 1 if what was asked for turned out otherwise (`compare` found a
//! difference), 2 if it could not be done; `nc` says 1 for both, as other programs of that name do. Ended by a signal, it is 128 and the signal's number: 130 for Ctrl-C.

mod chat;
mod compare;
mod diff;
mod echo;
mod failure;
mod interrupt;
mod nc;
mod node;
mod play;
mod progress;
mod random;
mod random_udp;
mod replay;
mod scenario;
mod serve;
mod stdio;
mod tour;
mod trace;
mod udp_echo;

use std::io::{self, Write};
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
    Tour(tour::Arguments),
    Echo(echo::Arguments),
    Nc(nc::Arguments),
    Chat(chat::Arguments),
    UdpEcho(udp_echo::Arguments),
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
        Command::Tour(arguments) => tour::run(&arguments),
        Command::Echo(arguments) => echo::run(&arguments),
        Command::Nc(arguments) => nc::run(&arguments),
        Command::Chat(arguments) => chat::run(&arguments),
        Command::UdpEcho(arguments) => udp_echo::run(&arguments),
        Command::Replay(arguments) => replay::run(&arguments),
        Command::Compare(arguments) => compare::run(&arguments),
    };
    match outcome {
        Ok(Outcome::Well) => ExitCode::SUCCESS,
        Ok(Outcome::Otherwise) => ExitCode::from(1),
        Err(error) => {
            // If nobody reads that either, the status still says it.
            let _ = writeln!(io::stderr(), "uvox: {error:#}");
            ExitCode::from(failure::status(&error))
        }
    }
}
