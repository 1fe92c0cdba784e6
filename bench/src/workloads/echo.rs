//! Echo, over TCP and over Unix sockets.

use super::{Case, Metric, Setting, Workload, several, who_serves};
use crate::error::Result;
use crate::load::{Echo, Echoed};
use crate::peers::Peer;
use crate::serve::Service;

const METRICS: &[Metric] = &[
    Metric::more("messages/s"),
    Metric::less("CPU ns/message"),
    Metric::sampled("user ns"),
    Metric::sampled("system ns"),
    Metric::shown("p50 µs"),
    Metric::shown("p99 µs"),
    Metric::shown("p99.9 µs"),
];

pub(super) fn cases(workload: Workload, setting: &Setting) -> Vec<Case> {
    let (sizes, counts): (&[usize], &[usize]) = if setting.quick {
        (&[64], &[100])
    } else {
        (&[64, 4096], &[1, 100, 1000, 5000])
    };
    let over_unix = workload == Workload::Unix;
    let (name, how) = if over_unix {
        ("unix", "Unix sockets")
    } else {
        ("echo", "TCP")
    };
    let mut cases = Vec::new();
    for &size in sizes {
        for &count in counts {
            cases.push(Case {
                name: format!(
                    "{name}: {size} B, {} over {how}",
                    several(count, "connection")
                ),
                metrics: METRICS,
                peers: who_serves(Service::Echo),
                connections: count,
                measure: Box::new(move |peer, setting| {
                    measure(peer, setting, over_unix, count, size)
                }),
            });
        }
    }
    cases
}

fn measure(
    peer: Peer,
    setting: &Setting,
    over_unix: bool,
    connections: usize,
    size: usize,
) -> Result<Vec<f64>> {
    setting.served(peer, Service::Echo, over_unix, |server| {
        let mut echo = Echo::connect(server, connections, size)?;
        let echoed = echo.run(server, connections, setting.times)?;
        Ok(numbers(&echoed))
    })
}

fn numbers(echoed: &Echoed) -> Vec<f64> {
    let messages = echoed.messages as f64;
    let at = |share| echoed.latency.value_at_quantile(share) as f64 / 1000.0;
    vec![
        messages / echoed.cost.seconds,
        echoed.cost.cpu_ns() / messages,
        echoed.cost.user_ns / messages,
        echoed.cost.system_ns / messages,
        at(0.5),
        at(0.99),
        at(0.999),
    ]
}
