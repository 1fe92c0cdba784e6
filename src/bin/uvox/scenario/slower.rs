//! The same scenario with more time.

use serde_json::Value;

/// The actions whose first argument is a time.
const TIMED: [&str; 2] = ["after", "timeout"];

/// The scenario with all its times so many times as long: what comes in some order when nobody is in the way comes in it on a machine that is busy, too, if
/// there is enough time in between. What is no scenario stays as it is, and is refused by whoever plays it.
pub(crate) fn slower(text: &str, factor: u64, default_limit_ms: u64) -> String {
    let Ok(Value::Object(mut scenario)) = serde_json::from_str(text) else {
        return text.to_owned();
    };
    if let Some(script) = scenario.get_mut("script") {
        stretch(script, factor);
    }
    let limit = scenario.get("limit").map_or(Some(0), Value::as_u64);
    if let Some(limit) = limit {
        let limit = if limit == 0 { default_limit_ms } else { limit };
        scenario.insert("limit".to_owned(), limit.saturating_mul(factor).into());
    }
    Value::Object(scenario).to_string()
}

fn stretch(value: &mut Value, factor: u64) {
    match value {
        Value::Object(members) => members
            .values_mut()
            .for_each(|value| stretch(value, factor)),
        Value::Array(items) => {
            if let [Value::String(name), Value::Number(time), ..] = &mut items[..]
                && TIMED.contains(&name.as_str())
                && let Some(ms) = time.as_u64()
            {
                *time = ms.saturating_mul(factor).into();
            }
            items.iter_mut().for_each(|value| stretch(value, factor));
        }
        _ => {}
    }
}
