//! Instructions in user space for each message, by valgrind's callgrind.

use std::fs;

use super::lockstep::{Client, Work, start};
use super::{Each, Options, Page, Rows};
use crate::ending;
use crate::error::{Result, error};
use crate::peers::Peer;

pub(super) fn run(options: &Options, page: &mut Page) -> Result<Rows<Each>> {
    page.line(format!(
        "\n{:14} {:>12} {:>15}",
        "instructions", "per message", "per connection"
    ));
    let mut counted = Vec::new();
    for peer in options.peers().into_iter().filter(|peer| peer.is_ours()) {
        let [few, messages, visits] = options.work();
        let before = count(options, peer, few)?;
        let each = Each {
            message: (count(options, peer, messages)? - before) / options.messages(),
            visit: (count(options, peer, visits)? - before) / options.visits(),
        };
        page.line(format!(
            "{peer:14} {:>12.1} {:>15.0}",
            each.message,
            each.connection()
        ));
        counted.push((peer, each));
    }
    Ok(counted)
}

/// Of a message alone.
pub(super) fn of_a_message(options: &Options, peer: Peer) -> Result<f64> {
    let [few, messages, _] = options.work();
    let more = count(options, peer, messages)? - count(options, peer, few)?;
    Ok(more / options.messages())
}

/// What the whole life of a server takes.
fn count(options: &Options, peer: Peer, work: Work) -> Result<f64> {
    let file = match &options.keep {
        Some(kept) => {
            fs::create_dir_all(kept)?;
            kept.join(format!("{peer}.{}.{}", work.rounds, work.visits))
        }
        None => ending::path(),
    };
    let to_file = format!("--callgrind-out-file={}", file.display());
    let under = ["valgrind", "--quiet", "--tool=callgrind", &to_file];
    let mut server = start(options, peer, &under, false)?;
    let mut client = Client::connect(&server.place, options)?;
    client
        .work(work)
        .map_err(|reason| server.why(reason.into()))?;
    server.end()?;
    let text = fs::read_to_string(&file)?;
    text.lines()
        .find_map(|line| line.strip_prefix("summary: ")?.trim().parse().ok())
        .ok_or_else(|| error(format!("callgrind has counted nothing of {peer}")))
}
