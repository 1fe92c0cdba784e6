//! What is to be measured, and how: what was asked for, as far as this machine has the means.

use crate::Options;
use crate::error::{Result, error};
use crate::load::Times;
use crate::peers::{Peer, present};
use crate::process::require_tools;
use crate::workloads::{Case, Setting, Workload};
use crate::{host, report};

pub(crate) struct Plan {
    pub(crate) cases: Vec<Case>,
    pub(crate) setting: Setting,
    pub(crate) rounds: usize,
    /// What was asked for, but cannot be had here, and why.
    pub(crate) left_out: Vec<String>,
}

fn name_with_peers(case: &Case) -> String {
    let peers: Vec<String> = case.peers.iter().map(Peer::to_string).collect();
    format!("  {} ({})", case.name, peers.join(", "))
}

impl Plan {
    pub(crate) fn of(workloads: &[Workload], options: &Options) -> Result<Plan> {
        require_tools()?;
        let seconds = options.seconds;
        let seconds = seconds.unwrap_or(if options.quick { 0.06 } else { 0.5 });
        let setting = Setting {
            server_core: host::core(options.server_core, 0)?,
            client_core: host::core(options.client_core, 1)?,
            times: Times::of(seconds / 3.0, seconds),
            quick: options.quick,
        };
        let mut plan = Plan {
            cases: Vec::new(),
            setting,
            rounds: options.rounds.unwrap_or(if options.quick { 3 } else { 7 }),
            left_out: Vec::new(),
        };
        let (peers, missing) = present(&options.peers)?;
        plan.left_out.extend(missing);
        let all: Vec<Case> = workloads
            .iter()
            .flat_map(|workload| workload.cases(&setting))
            .collect();
        let names: Vec<String> = all.iter().map(name_with_peers).collect();
        plan.take(all, options, &peers)?;
        if plan.cases.is_empty() {
            let reason = match &plan.left_out[..] {
                [] => format!("there is no such case; there are:\n{}", names.join("\n")),
                left_out => left_out.join("\n"),
            };
            return Err(error(reason));
        }
        Ok(plan)
    }

    fn take(&mut self, all: Vec<Case>, options: &Options, peers: &[Peer]) -> Result<()> {
        let descriptors = host::allow_descriptors()?;
        for mut case in all {
            let part = options.only.as_deref().unwrap_or_default();
            case.peers.retain(|peer| peers.contains(peer));
            if !case.name.contains(part) || case.peers.is_empty() {
                continue;
            }
            match host::too_many(case.connections, descriptors) {
                Some(reason) => self.left_out.push(format!("{}: {reason}", case.name)),
                None => self.cases.push(case),
            }
        }
        Ok(())
    }

    /// Where and how it is measured, in lines.
    pub(crate) fn heading(&self) -> Vec<String> {
        let Setting {
            server_core,
            client_core,
            times,
            ..
        } = self.setting;
        let mut lines = vec![
            report::machine(),
            format!(
                "Rounds: {}; {} s for a measurement with a client. Servers on core {server_core}, the client on core {client_core}.",
                self.rounds,
                times.measured.as_secs_f64()
            ),
        ];
        if server_core == client_core {
            lines.push("Servers and the client share a core: what comes of it says less about the servers, and nothing that compares with two.".to_owned());
        }
        let left_out = self.left_out.iter();
        lines.extend(left_out.map(|what| format!("Left out: {what}.")));
        lines
    }
}
