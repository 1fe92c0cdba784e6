//! Connections that come, send one message, and go.

use super::{Case, Metric, Setting, who_serves};
use crate::load::visit;
use crate::peers::Peer;
use crate::serve::Service;

const METRICS: &[Metric] = &[
    Metric::more("connections/s"),
    Metric::less("CPU µs/connection"),
    Metric::sampled("user µs"),
    Metric::sampled("system µs"),
];

/// How many are there at a time.
const AT_A_TIME: usize = 32;

pub(super) fn cases() -> Vec<Case> {
    // Those that differ in how they echo do not differ here.
    let peers = who_serves(Service::Sink);
    vec![Case {
        name: format!("churn: connect, one message, close; {AT_A_TIME} at a time"),
        metrics: METRICS,
        peers,
        connections: AT_A_TIME,
        measure: Box::new(|peer: Peer, setting: &Setting| {
            let visits = setting.served(peer, Service::Echo, false, |server| {
                visit(server, AT_A_TIME, setting.times)
            })?;
            let connections = visits.connections as f64;
            Ok(vec![
                connections / visits.cost.seconds,
                visits.cost.cpu_ns() / 1e3 / connections,
                visits.cost.user_ns / 1e3 / connections,
                visits.cost.system_ns / 1e3 / connections,
            ])
        }),
    }]
}
