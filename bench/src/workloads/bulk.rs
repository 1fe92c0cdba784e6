//! As much as goes through.

use super::{Case, Metric, Setting, several, who_serves};
use crate::error::Result;
use crate::load::{Flow, flow};
use crate::peers::Peer;
use crate::serve::Service;

const METRICS: &[Metric] = &[
    Metric::more("GB/s"),
    Metric::less("CPU ms/GB"),
    Metric::sampled("user ms/GB"),
    Metric::sampled("system ms/GB"),
];

pub(super) fn cases(setting: &Setting) -> Vec<Case> {
    let counts: &[usize] = if setting.quick { &[1] } else { &[1, 16] };
    let ways = [
        (Flow::ToServer, Service::Sink, "the server reads"),
        (Flow::FromServer, Service::Source, "the server writes"),
        (Flow::Through, Service::Relay, "piped by copying"),
        (
            Flow::Through,
            Service::Splice,
            "piped, spliced where it can be",
        ),
    ];
    let mut cases = Vec::new();
    for (way, service, what) in ways {
        for &count in counts {
            let peers = if service == Service::Splice {
                // Those that cannot splice are what it is to be set against.
                who_serves(Service::Relay)
            } else {
                who_serves(service)
            };
            cases.push(Case {
                name: format!("bulk: {what}, {}", several(count, "connection")),
                metrics: METRICS,
                peers,
                connections: 2 * count,
                measure: Box::new(move |peer, setting| measure(peer, setting, way, service, count)),
            });
        }
    }
    cases
}

fn measure(
    peer: Peer,
    setting: &Setting,
    way: Flow,
    service: Service,
    connections: usize,
) -> Result<Vec<f64>> {
    let service = if peer.serves(service) {
        service
    } else {
        Service::Relay
    };
    let flowed = setting.served(peer, service, false, |server| {
        flow(server, way, connections, setting.times)
    })?;
    let gigabytes = flowed.bytes as f64 / 1e9;
    Ok(vec![
        gigabytes / flowed.cost.seconds,
        flowed.cost.cpu_ns() / 1e6 / gigabytes,
        flowed.cost.user_ns / 1e6 / gigabytes,
        flowed.cost.system_ns / 1e6 / gigabytes,
    ])
}
