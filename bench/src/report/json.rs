//! Everything that was measured, as JSON. `README.md` says what is in it.

use serde_json::{Map, Value, json};

use super::goals::{Judged, goals_json};
use super::table::OURS;
use crate::plan::Plan;
use crate::rounds::{Outcome, Row, Spread};
use crate::workloads::Better;

/// Counts up when something in it gets another meaning or is no more. What is only added does not count.
pub(crate) const FORMAT: u32 = 1;

pub(super) fn json(outcomes: &[Outcome], goals: &[Judged], plan: &Plan, machine: &str) -> Value {
    let cases: Vec<Value> = outcomes.iter().map(case).collect();
    json!({
        "format": FORMAT,
        "machine": machine,
        "rounds": plan.rounds,
        "seconds": plan.setting.times.measured.as_secs_f64(),
        "server core": plan.setting.server_core,
        "client core": plan.setting.client_core,
        "left out": plan.left_out,
        "cases": cases,
        "goals": goals_json(goals),
    })
}

fn case(outcome: &Outcome) -> Value {
    let peers: Map<String, Value> = outcome
        .rows
        .iter()
        .map(|row| (row.peer.to_string(), peer(outcome, row)))
        .collect();
    json!({ "name": outcome.name, "peers": peers })
}

fn peer(outcome: &Outcome, row: &Row) -> Value {
    let metrics: Map<String, Value> = outcome
        .metrics
        .iter()
        .enumerate()
        .map(|(number, metric)| {
            let rounds: Vec<f64> = row.rounds.iter().map(|round| round[number]).collect();
            let mut value = json!({
                "better": if metric.better == Better::More { "more" } else { "less" },
                "mean": row.mean(number),
                "spread": spread(row.spread(number)),
                "rounds": rounds,
            });
            for (ours, name) in OURS {
                let ahead = outcome.ahead(ours, row.peer, number);
                if let Some(ahead) = ahead.filter(|_| metric.compared && ours != row.peer) {
                    value[format!("{name} ahead")] = spread(ahead);
                }
            }
            (metric.name.to_owned(), value)
        })
        .collect();
    Value::Object(metrics)
}

pub(super) fn spread(spread: Spread) -> Value {
    let Spread { low, median, high } = spread;
    json!({ "low": low, "median": median, "high": high })
}
