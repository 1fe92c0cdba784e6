//! System calls for each message, by name, by strace.

use std::collections::BTreeMap;
use std::fs;

use super::lockstep::{Client, Work, start};
use super::{Each, Options, Page, Rows};
use crate::ending;
use crate::error::Result;
use crate::peers::Peer;
use crate::process::TIED;

/// Fewer than this for each message or connection are chance: of one of Node's threads, say.
const CHANCE: f64 = 0.003;

/// How often each call was made.
type Tally = BTreeMap<String, f64>;

/// How often each call is made, by name.
#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    pub(super) message: Tally,
    /// For a connection that comes, sends one message, and goes.
    pub(super) connection: Tally,
}

pub(super) fn run(options: &Options, page: &mut Page) -> Result<Rows<Calls>> {
    page.line("\nsystem calls, by name".to_owned());
    let mut counted = Vec::new();
    for peer in options.peers() {
        let [few, messages, visits] = options.work();
        let before = count(options, peer, few)?;
        let messages = count(options, peer, messages)?;
        let visits = count(options, peer, visits)?;
        let of = |tally: &Tally, name: &String| tally.get(name).copied().unwrap_or(0.0);
        let mut calls = Calls::default();
        for name in visits
            .keys()
            .chain(messages.keys().filter(|name| !visits.contains_key(*name)))
        {
            let each = Each {
                message: (of(&messages, name) - of(&before, name)) / options.messages(),
                visit: (of(&visits, name) - of(&before, name)) / options.visits(),
            };
            if each.message > CHANCE {
                calls.message.insert(name.clone(), each.message);
            }
            if each.visit > CHANCE {
                calls.connection.insert(name.clone(), each.visit);
            }
        }
        page.line(format!(
            "{peer:14} a message:    {}",
            list(&calls.message, 3)
        ));
        page.line(format!(
            "{:14} a connection: {}",
            "",
            list(&calls.connection, 2)
        ));
        counted.push((peer, calls));
    }
    page.line(
        "A connection here is accepted, read, written to, read again, and closed, each time in a batch of its own."
            .to_owned(),
    );
    Ok(counted)
}

fn list(tally: &Tally, digits: usize) -> String {
    let named = tally
        .iter()
        .map(|(name, count)| format!("{name} {count:.digits$}"));
    named.collect::<Vec<_>>().join(", ")
}

fn count(options: &Options, peer: Peer, work: Work) -> Result<Tally> {
    let file = ending::path();
    let to_file = file.to_string_lossy().into_owned();
    let strace = ["strace", "-f", "-c", "-U", "name,calls", "-o", &to_file];
    // It does not end with strace by itself.
    let under = [&strace[..], &TIED].concat();
    let mut server = start(options, peer, &under, false)?;
    let mut client = Client::connect(&server.place, options)?;
    client
        .work(work)
        .map_err(|reason| server.why(reason.into()))?;
    server.end()?;
    let text = fs::read_to_string(&file)?;
    let lines = text.lines().filter_map(|line| {
        let (name, count) = line.trim().split_once(char::is_whitespace)?;
        let count = count.trim().parse().ok()?;
        (name != "total").then(|| (name.to_owned(), count))
    });
    Ok(lines.collect())
}
