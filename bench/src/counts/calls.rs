//! System calls for each message, by name, by strace.

use std::collections::BTreeMap;
use std::fs;

use super::lockstep::{Client, Work, start};
use super::{Each, Options};
use crate::error::Result;
use crate::peers::Peer;

/// Fewer than this for each message or connection are chance: of one of Node's threads, say.
const CHANCE: f64 = 0.003;

/// How often each call was made.
type Calls = BTreeMap<String, f64>;

pub(super) fn run(options: &Options) -> Result<()> {
    println!("\nsystem calls, by name");
    for peer in options.peers() {
        let [few, messages, visits] = options.work();
        let before = count(options, peer, few)?;
        let messages = count(options, peer, messages)?;
        let visits = count(options, peer, visits)?;
        let of = |calls: &Calls, name: &String| calls.get(name).copied().unwrap_or(0.0);
        let (mut by_message, mut by_connection) = (Vec::new(), Vec::new());
        for name in visits
            .keys()
            .chain(messages.keys().filter(|name| !visits.contains_key(*name)))
        {
            let each = Each {
                message: (of(&messages, name) - of(&before, name)) / options.messages(),
                visit: (of(&visits, name) - of(&before, name)) / options.visits(),
            };
            if each.message > CHANCE {
                by_message.push(format!("{name} {:.3}", each.message));
            }
            if each.visit > CHANCE {
                by_connection.push(format!("{name} {:.2}", each.visit));
            }
        }
        println!("{peer:14} a message:    {}", by_message.join(", "));
        println!("{:14} a connection: {}", "", by_connection.join(", "));
    }
    println!(
        "A connection here is accepted, read, written to, read again, and closed, each time in a batch of its own."
    );
    Ok(())
}

fn count(options: &Options, peer: Peer, work: Work) -> Result<Calls> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("strace");
    let to_file = file.to_string_lossy().into_owned();
    let under = ["strace", "-f", "-c", "-U", "name,calls", "-o", &to_file];
    let server = start(options, peer, &under, false)?;
    let mut client = Client::connect(&server.place, options)?;
    client.work(work)?;
    server.end()?;
    let text = fs::read_to_string(&file)?;
    let lines = text.lines().filter_map(|line| {
        let (name, count) = line.trim().split_once(char::is_whitespace)?;
        let count = count.trim().parse().ok()?;
        (name != "total").then(|| (name.to_owned(), count))
    });
    Ok(lines.collect())
}
