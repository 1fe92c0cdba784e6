//! What was counted, as JSON.

use serde_json::{Map, Value, json};

use super::{Counted, Options};
use crate::error::Result;
use crate::peers::Peer;
use crate::report::{self, Judged};

/// Writes `counts.json`.
pub(super) fn write(counted: &Counted, goals: &[Judged], options: &Options) -> Result<()> {
    let growth = by_peer(&counted.growth, |messages| {
        let by_connections = messages
            .iter()
            .map(|(connections, each)| (connections.to_string(), json!(each)));
        Value::Object(by_connections.collect())
    });
    let sizes: Map<String, Value> = counted
        .sizes
        .iter()
        .map(|(name, bytes)| (name.clone(), json!(bytes)))
        .collect();
    let json = json!({
        "format": report::FORMAT,
        "machine": report::machine(),
        "over": options.over(),
        "connections": options.connections,
        "message bytes": options.size,
        "instructions": by_peer(&counted.instructions, |each| {
            json!({ "per message": each.message, "per connection": each.connection() })
        }),
        "calls": by_peer(&counted.calls, |calls| {
            json!({ "per message": calls.message, "per connection and message": calls.connection })
        }),
        "allocations": by_peer(&counted.allocations, |allocated| {
            json!({
                "per message": allocated.message,
                "per connection": allocated.connection,
                "bytes per connection": allocated.bytes,
            })
        }),
        "instructions per message by connections": growth,
        "sizes": sizes,
        "goals": report::goals_json(goals),
    });
    report::save(
        &options.out,
        "counts.json",
        &serde_json::to_string_pretty(&json)?,
    )
}

fn by_peer<T>(rows: &[(Peer, T)], value: impl Fn(&T) -> Value) -> Value {
    let rows = rows
        .iter()
        .map(|(peer, row)| (peer.to_string(), value(row)));
    Value::Object(rows.collect())
}
