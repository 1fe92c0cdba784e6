//! What the counts are to be.

use super::calls::Calls;
use super::growth::CONNECTIONS;
use super::{Counted, Options};
use crate::peers::Peer;
use crate::report::{Bound, Judged};
use crate::rounds::Spread;

/// Ours, from below.
const HEIGHTS: [Peer; 3] = [Peer::UvoxUv, Peer::UvoxBase, Peer::UvoxNet];

/// Judges what there is; what was not counted is left out.
pub(super) fn judge(counted: &Counted, options: &Options) -> Vec<Judged> {
    let mut judged = Vec::new();
    if options.udp {
        no_allocation(counted, &mut judged);
        return judged;
    }
    instructions(counted, &mut judged);
    growth(counted, &mut judged);
    calls(counted, options, &mut judged);
    allocations(counted, &mut judged);
    judged
}

fn of<T>(rows: &[(Peer, T)], peer: Peer) -> Option<&T> {
    rows.iter()
        .find(|(other, _)| *other == peer)
        .map(|(_, row)| row)
}

#[cfg(feature = "libuv")]
const LIBUV: Option<Peer> = Some(Peer::Libuv);
#[cfg(not(feature = "libuv"))]
const LIBUV: Option<Peer> = None;

fn judged(what: String, bound: Bound, value: f64) -> Judged {
    Judged {
        what,
        bound,
        value: Spread::exactly(value),
        floor: None,
    }
}

fn instructions(counted: &Counted, into: &mut Vec<Judged>) {
    let of = |peer| of(&counted.instructions, peer).map(|each| each.message);
    for (ours, other, limit) in [
        (Peer::UvoxUv, LIBUV, 0.7),
        (Peer::UvoxNet, Some(Peer::Tokio), 0.5),
        (Peer::UvoxNet, Some(Peer::UvoxUv), 2.5),
    ] {
        let Some(other) = other else { continue };
        if let (Some(is), Some(others)) = (of(ours), of(other)) {
            let what = format!("instructions for a message, {ours} to {other}");
            into.push(judged(what, Bound::AtMost(limit), is / others));
        }
    }
}

fn growth(counted: &Counted, into: &mut Vec<Judged>) {
    for ours in HEIGHTS {
        if let Some([(_, few), .., (_, many)]) = of(&counted.growth, ours).map(Vec::as_slice) {
            let [few_connections, _, many_connections] = CONNECTIONS;
            let what = format!(
                "instructions for a message, {ours}: {many_connections} connections to {few_connections}"
            );
            into.push(judged(what, Bound::AtMost(1.3), many / few));
        }
    }
}

fn calls(counted: &Counted, options: &Options, into: &mut Vec<Judged>) {
    let is_wait = |name: &str| name.starts_with("epoll_") && name.contains("wait");
    for ours in HEIGHTS {
        let Some(calls) = of(&counted.calls, ours) else {
            continue;
        };
        let (waits, others): (Vec<_>, Vec<_>) =
            calls.message.iter().partition(|(name, _)| is_wait(name));
        let sum = |counts: Vec<(&String, &f64)>| counts.iter().map(|(_, count)| **count).sum();
        let what = format!("calls for a message but waits, {ours}");
        into.push(judged(what, Bound::AtMost(2.0), sum(others)));
        let what = format!("waits for a message, {ours}");
        let one_a_batch = 1.0 / options.connections as f64;
        into.push(judged(what, Bound::AtMost(one_a_batch), sum(waits)));
    }
    // `net` says its end before it closes, as Node does.
    for (ours, other) in [
        (Peer::UvoxUv, LIBUV),
        (Peer::UvoxBase, LIBUV),
        (Peer::UvoxNet, Some(Peer::Node)),
    ] {
        let Some(other) = other else { continue };
        let total = |calls: &Calls| calls.connection.values().sum::<f64>();
        if let (Some(is), Some(others)) = (
            of(&counted.calls, ours).map(total),
            of(&counted.calls, other).map(total),
        ) {
            let what = format!("calls for a connection, {ours} less {other}");
            // Less than a hundredth is chance.
            let difference = ((is - others) * 100.0).round() / 100.0;
            into.push(judged(what, Bound::AtMost(0.0), difference));
        }
    }
}

fn no_allocation(counted: &Counted, into: &mut Vec<Judged>) {
    for ours in HEIGHTS {
        if let Some(allocated) = of(&counted.allocations, ours) {
            let what = format!("allocations for a message, {ours}");
            into.push(judged(what, Bound::AtMost(0.0), allocated.message));
        }
    }
}

fn allocations(counted: &Counted, into: &mut Vec<Judged>) {
    no_allocation(counted, into);
    for (ours, limit) in [(Peer::UvoxUv, 600.0), (Peer::UvoxNet, 1500.0)] {
        if let Some(allocated) = of(&counted.allocations, ours) {
            let what = format!("bytes for an idle connection, {ours}");
            into.push(judged(what, Bound::AtMost(limit), allocated.bytes));
        }
    }
}
