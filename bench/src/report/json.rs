//! Everything that was measured, as JSON.

use serde_json::{Map, Value, json};

use super::goals::{Judged, goals_json};
use super::table::OURS;
use crate::rounds::{Outcome, Row, Spread};
use crate::workloads::Better;

pub(super) fn json(outcomes: &[Outcome], goals: &[Judged], machine: &str, rounds: usize) -> Value {
    let cases: Vec<Value> = outcomes.iter().map(case).collect();
    json!({ "machine": machine, "rounds": rounds, "cases": cases, "goals": goals_json(goals) })
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

fn spread(spread: Spread) -> Value {
    let Spread { low, median, high } = spread;
    json!({ "low": low, "median": median, "high": high })
}
