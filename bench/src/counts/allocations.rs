//! What servers allocate, by the [counting allocator](super::allocator), and libuv by its own hook.

use super::lockstep::{Client, start};
use super::{Options, Page, Rows};
use crate::error::Result;
use crate::process::Server;

/// How many rounds of messages are counted.
const ROUNDS: usize = 100;

/// What a peer allocates.
#[derive(Clone, Copy, Debug)]
pub(super) struct Allocated {
    pub(super) message: f64,
    pub(super) connection: f64,
    /// What an idle connection holds.
    pub(super) bytes: f64,
}

pub(super) fn run(options: &Options, page: &mut Page) -> Result<Rows<Allocated>> {
    page.line(format!(
        "\n{:14} {:>12} {:>15} {:>21}",
        "allocations", "per message", "per connection", "bytes per connection"
    ));
    let mut counted = Vec::new();
    for peer in options.peers().into_iter().filter(|peer| peer.is_ours()) {
        let mut server = start(options, peer, &[], true)?;
        let mut client = Client::connect(&server.place, options)?;
        // Whatever grows, and stays as large, has grown.
        client.rounds(2)?;
        let [before, _] = ask(&mut server)?;
        client.rounds(ROUNDS)?;
        let [after, held] = ask(&mut server)?;
        let messages = ROUNDS * options.connections;
        let each = (after - before) as f64 / messages as f64;
        client.connect_more(options.connections)?;
        client.rounds(1)?;
        let [more, more_held] = ask(&mut server)?;
        let connections = options.connections as f64;
        // A round of twice as many messages was part of it.
        let per_connection = (more - after) as f64 / connections - 2.0 * each;
        let bytes = (more_held - held) as f64 / connections;
        page.line(format!(
            "{peer:14} {each:>12.3} {per_connection:>15.2} {bytes:>21.0}"
        ));
        let allocated = Allocated {
            message: each,
            connection: per_connection,
            bytes,
        };
        counted.push((peer, allocated));
    }
    Ok(counted)
}

fn ask(server: &mut Server) -> Result<[i64; 2]> {
    let answer = server.ask()?;
    Ok([answer[0], answer[1]])
}
