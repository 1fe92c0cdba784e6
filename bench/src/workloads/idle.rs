//! Many connections on which nothing happens, and one on which something does.

use super::{Case, Metric, Setting, several, who_serves};
use crate::error::Result;
use crate::load::Echo;
use crate::peers::Peer;
use crate::serve::Service;

const METRICS: &[Metric] = &[
    Metric::less("bytes/connection"),
    Metric::less("CPU ns/message of one"),
    Metric::shown("messages/s of one"),
    Metric::shown("p99 µs of one"),
];

/// How long a message is; each connection has had one.
const SIZE: usize = 64;

/// How many there are before it is looked how much memory there is: what the first ones bring about in the process, its buffers say, is not theirs.
const FEW: usize = 16;

pub(super) fn cases(setting: &Setting) -> Vec<Case> {
    let count = if setting.quick { 1000 } else { 9000 };
    vec![Case {
        name: format!("idle: {}, one of them active", several(count, "connection")),
        metrics: METRICS,
        peers: who_serves(Service::Echo),
        connections: count + FEW,
        measure: Box::new(move |peer, setting| measure(peer, setting, count)),
    }]
}

fn measure(peer: Peer, setting: &Setting, count: usize) -> Result<Vec<f64>> {
    setting.served(peer, Service::Echo, false, |server| {
        let few = Echo::connect(server, FEW, SIZE)?;
        let before = server.resident()?;
        let mut echo = Echo::connect(server, count, SIZE)?;
        let bytes = server.resident()?.saturating_sub(before) as f64 / count as f64;
        let echoed = echo.run(server, 1, setting.times)?;
        drop(few);
        let messages = echoed.messages as f64;
        Ok(vec![
            bytes,
            echoed.cost.cpu_ns() / messages,
            messages / echoed.cost.seconds,
            echoed.latency.value_at_quantile(0.99) as f64 / 1e3,
        ])
    })
}
