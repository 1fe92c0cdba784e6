//! Datagrams, one by one and in batches.

use super::{Case, Metric, Setting, who_serves};
use crate::error::{Result, error};
use crate::load::{Offload, datagrams};
use crate::peers::Peer;
use crate::serve::Service;

const METRICS: &[Metric] = &[
    Metric::more("datagrams/s"),
    Metric::less("CPU ns/datagram"),
    Metric::sampled("user ns"),
    Metric::sampled("system ns"),
    Metric::shown("lost of a million"),
];

pub(super) fn cases(setting: &Setting) -> Vec<Case> {
    let sizes: &[usize] = if setting.quick { &[64] } else { &[64, 1400] };
    let mut cases = Vec::new();
    for (service, offload, how) in [
        (Service::UdpEcho, Offload::Nothing, "one by one"),
        (Service::UdpAlone, Offload::Nothing, "batches of singles"),
        (Service::UdpBatch, Offload::Nothing, "batches, singles back"),
        (
            Service::UdpBatch,
            Offload::Receiving,
            "batches, singles come",
        ),
        (Service::UdpBatch, Offload::Both, "batches"),
    ] {
        for &size in sizes {
            cases.push(Case {
                name: format!("udp: {size} B, {how}"),
                metrics: METRICS,
                peers: who_serves(service),
                connections: 1,
                measure: Box::new(move |peer, setting| {
                    measure(peer, setting, service, size, offload)
                }),
            });
        }
    }
    cases
}

fn measure(
    peer: Peer,
    setting: &Setting,
    service: Service,
    size: usize,
    offload: Offload,
) -> Result<Vec<f64>> {
    let server = setting.server(peer, service, false)?;
    let sent = datagrams(&server, size, offload, setting.times)?;
    if sent.datagrams == 0 {
        return Err(error("no datagram came back"));
    }
    let count = sent.datagrams as f64;
    Ok(vec![
        count / sent.cost.seconds,
        sent.cost.cpu_ns() / count,
        sent.cost.user_ns / count,
        sent.cost.system_ns / count,
        sent.lost as f64 / count * 1e6,
    ])
}
