//! Whether a message takes more when there are many connections.

use super::{Options, Page, Rows, instructions};
use crate::error::Result;

/// How many connections there are.
pub(super) const CONNECTIONS: [usize; 3] = [100, 1000, 5000];

/// Instructions for each message, by the number of connections.
pub(super) fn run(options: &Options, page: &mut Page) -> Result<Rows<Vec<(usize, f64)>>> {
    page.line(format!(
        "\n{:14} {:>12} {:>12} {:>12}",
        "connections", CONNECTIONS[0], CONNECTIONS[1], CONNECTIONS[2]
    ));
    let mut counted = Vec::new();
    for peer in options.peers().into_iter().filter(|peer| peer.is_ours()) {
        let mut messages = Vec::new();
        for connections in CONNECTIONS {
            let options = Options {
                connections,
                keep: None,
                ..options.clone()
            };
            messages.push((connections, instructions::of_a_message(&options, peer)?));
        }
        let [few, more, many] = [messages[0].1, messages[1].1, messages[2].1];
        page.line(format!("{peer:14} {few:>12.1} {more:>12.1} {many:>12.1}"));
        counted.push((peer, messages));
    }
    Ok(counted)
}
