//! Instructions in user space for each message, by valgrind's callgrind.

use std::fs;

use super::lockstep::{Client, Work, start};
use super::{Each, Options};
use crate::error::{Result, error};
use crate::peers::Peer;

pub(super) fn run(options: &Options) -> Result<()> {
    println!(
        "\n{:14} {:>12} {:>15}",
        "instructions", "per message", "per connection"
    );
    for peer in options.peers().into_iter().filter(|peer| peer.is_ours()) {
        let [few, messages, visits] = options.work();
        let before = count(options, peer, few)?;
        let each = Each {
            message: (count(options, peer, messages)? - before) / options.messages(),
            visit: (count(options, peer, visits)? - before) / options.visits(),
        };
        println!(
            "{peer:14} {:>12.1} {:>15.0}",
            each.message,
            each.connection()
        );
    }
    Ok(())
}

/// What the whole life of a server takes.
fn count(options: &Options, peer: Peer, work: Work) -> Result<f64> {
    let directory = tempfile::tempdir()?;
    let file = match &options.keep {
        Some(kept) => {
            fs::create_dir_all(kept)?;
            kept.join(format!("{peer}.{}.{}", work.rounds, work.visits))
        }
        None => directory.path().join("callgrind"),
    };
    let to_file = format!("--callgrind-out-file={}", file.display());
    let under = ["valgrind", "--quiet", "--tool=callgrind", &to_file];
    let server = start(options, peer, &under, false)?;
    let mut client = Client::connect(&server.place, options)?;
    client.work(work)?;
    server.end()?;
    let text = fs::read_to_string(&file)?;
    text.lines()
        .find_map(|line| line.strip_prefix("summary: ")?.trim().parse().ok())
        .ok_or_else(|| error(format!("callgrind has counted nothing of {peer}")))
}
