//! Random scenarios: the same one for the same seed.
//!
//! What two endpoints do at one moment may come in either order, also on Node. So that a scenario has one trace, timers have moments of their own, far
//! enough from each other; there are no writes of which the kernel might take a part or not; and in the end whatever is still open is destroyed, one after
//! the other.
//!
//! Timers that are started at the beginning are due at multiples of [`STEP_MS`], each at another, so all that follows from one happens at such a moment. Something that is
//! started then, or anew then as a socket's timeout is, takes [`APART_MS`] more, and there is but one of that kind in a scenario.
//!
//! What is known to differ, and is meant to (`docs/differences.md`), is not made:
//!
//! - A reset of a socket that is ending, which Node cannot do any more. Whether a socket is ending when something happens to it depends on what happened before,
//!   so either those of a role never end, and may be reset, or they may end, and are reset only where that is over: in 'finish' and 'close'.
//! - Writes to a corked socket that is connecting, which Node counts wrongly when it is uncorked.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// What is not to come at the same time is so far apart, in milliseconds.
const APART_MS: u32 = 30;
/// Between two moments at which timers are due: room for one in between, and for another that follows from it.
const STEP_MS: u32 = 3 * APART_MS;
/// What is still open then is destroyed.
const END_MS: u32 = 4 * STEP_MS;
/// How many actions one entry has, at most.
const MOST_ACTIONS: usize = 3;
/// How deep ticks and immediates are put into each other.
const MOST_DEPTH: usize = 2;

/// A scenario, as JSON on several lines.
pub(crate) fn scenario(seed: u64) -> String {
    let mut make = Make::new(seed);
    let scenario = make.scenario();
    show(&scenario)
}

struct Make {
    rng: Rng,
    path: bool,
    clients: usize,
    /// The next moment that no timer has yet.
    moment_ms: u32,
    /// Whether something can still be started that is due in between.
    between: bool,
    /// Whether what is made now happens once, so that timers may be started.
    once: bool,
    /// Of which role the sockets may be reset, and do not end: of clients, of peers.
    resets: [bool; 2],
    /// Whether what is made now is for one of those.
    may_reset: bool,
}

impl Make {
    fn new(seed: u64) -> Make {
        let mut rng = Rng::with_seed(seed);
        let path = rng.u32(..4) == 0;
        let clients = if rng.u32(..4) == 0 { 2 } else { 1 };
        // Only TCP has resets.
        let resets = [(); 2].map(|()| rng.u32(..4) == 0 && !path);
        Make {
            rng,
            path,
            clients,
            moment_ms: STEP_MS,
            between: true,
            once: false,
            resets,
            may_reset: false,
        }
    }

    fn one_in(&mut self, times: u32) -> bool {
        self.rng.u32(..times) == 0
    }

    fn scenario(&mut self) -> Value {
        let mut server = Map::new();
        self.half_open(&mut server, 2, self.resets[1]);
        self.maybe(&mut server, 4, "pauseOnConnect");
        self.maybe(&mut server, 8, "noData");
        if self.one_in(8) {
            server.insert("maxConnections".into(), json!(self.rng.u32(1..3)));
        }
        let clients: Vec<_> = (0..self.clients).map(|_| self.client()).collect();
        let mut scenario = Map::new();
        if self.path {
            scenario.insert("path".into(), json!(true));
        }
        if !server.is_empty() {
            scenario.insert("server".into(), Value::Object(server));
        }
        scenario.insert("clients".into(), Value::Array(clients));
        scenario.insert("script".into(), Value::Object(self.script()));
        Value::Object(scenario)
    }

    fn maybe(&mut self, options: &mut Map<String, Value>, times: u32, name: &str) {
        if self.one_in(times) {
            options.insert(name.into(), json!(true));
        }
    }

    /// What must not end by itself stays open when the other side ends.
    fn half_open(&mut self, options: &mut Map<String, Value>, times: u32, must: bool) {
        self.maybe(options, if must { 1 } else { times }, "allowHalfOpen");
    }

    fn client(&mut self) -> Value {
        let mut options = Map::new();
        self.half_open(&mut options, 3, self.resets[0]);
        self.maybe(&mut options, 12, "noData");
        if self.one_in(12) {
            options.insert("to".into(), json!("nobody"));
        }
        Value::Object(options)
    }

    fn script(&mut self) -> Map<String, Value> {
        let mut script = Map::new();
        // Each event, in how many scenarios of so many it has a script, and whether it comes once.
        let client = [
            ("start", 3, true),
            ("connect", 1, true),
            ("ready", 5, true),
            ("data", 4, false),
            ("end", 3, true),
            ("finish", 5, true),
            ("drain", 3, false),
            ("timeout", 2, false),
            ("error", 5, true),
            ("close", 4, true),
        ];
        let peer = client.map(|(event, times, once)| match event {
            "start" | "connect" => ("connection", 2, once),
            _ => (event, times, once),
        });
        for (at, (role, events)) in [("client", client), ("peer", peer)].into_iter().enumerate() {
            self.may_reset = self.resets[at];
            for (event, times, once) in events {
                if self.one_in(times) {
                    // Of what comes several times, or to several, timers would be started at one moment.
                    self.once = once && self.clients == 1;
                    let actions = self.actions(event, 0);
                    script.insert(format!("{role}.{event}"), actions);
                }
            }
        }
        self.ending(&mut script);
        script
    }

    /// Whatever was left open is destroyed, and the server closed.
    fn ending(&mut self, script: &mut Map<String, Value>) {
        let mut add = |event: &str, ms: u32, action: &str| {
            let entry = script.entry(event).or_insert_with(|| json!([]));
            if let Value::Array(actions) = entry {
                actions.insert(0, json!(["after", ms, [[action]]]));
            }
        };
        // An entry of its own would hide what all of its role do, so there is one moment for each role.
        add("client.start", END_MS, "destroy");
        add("peer.connection", END_MS + STEP_MS, "destroy");
        add("server.listening", END_MS + 2 * STEP_MS, "close-server");
    }

    fn actions(&mut self, event: &str, depth: usize) -> Value {
        let count = 1 + self.rng.usize(..MOST_ACTIONS);
        let actions = (0..count).map(|_| self.action(event, depth));
        Value::Array(actions.collect())
    }

    fn action(&mut self, event: &str, depth: usize) -> Value {
        let again = event == "data" || event == "drain" || event == "timeout";
        match self.rng.u32(..100) {
            // What answers every piece of data by data, and is answered, would never end.
            0..20 if !again => json!(["write", self.length()]),
            20..42 | 49..52 if self.may_reset => match self.rng.bool() {
                true => json!(["reset"]),
                false => json!(["state"]),
            },
            20..30 => json!(["end"]),
            30..36 => json!(["end", self.length()]),
            36..42 => json!(["end-cb"]),
            42..46 => json!(["destroy"]),
            46..49 => json!(["destroy-err"]),
            49..52 => json!(["destroy-soon"]),
            52..55 if !self.path && (event == "finish" || event == "close") => json!(["reset"]),
            55..59 => json!(["pause"]),
            59..63 => json!(["resume"]),
            63..66 if event != "start" => json!(["cork"]),
            66..69 => json!(["uncork"]),
            69..71 if event == "connection" && !self.may_reset => json!(["echo"]),
            71..74 if self.once && self.between => {
                self.between = false;
                json!(["timeout", self.rng.u32(..3) * STEP_MS + APART_MS])
            }
            74..78 => json!(["state"]),
            78..80 => json!(["connections"]),
            80..88
                if self.once
                    && let Some(moment) = self.moment(event) =>
            {
                self.once = false;
                let then = self.actions(event, depth);
                self.once = true;
                json!(["after", moment, then])
            }
            88..94 if depth < MOST_DEPTH => json!(["tick", self.actions(event, depth + 1)]),
            94..100 if depth < MOST_DEPTH => json!(["immediate", self.actions(event, depth + 1)]),
            _ => json!(["state"]),
        }
    }

    /// How long a timer is to take that is started in this event, if there can be another.
    fn moment(&mut self, event: &str) -> Option<u32> {
        if ["start", "connect", "connection", "ready"].contains(&event) {
            // All of that is at the beginning.
            let moment = self.moment_ms;
            self.moment_ms += STEP_MS;
            (moment < END_MS).then_some(moment)
        } else {
            std::mem::take(&mut self.between).then_some(APART_MS)
        }
    }

    fn length(&mut self) -> usize {
        let lengths = [0, 1, 3, 10, 100, 1000, 16383, 16384, 20000];
        lengths[self.rng.usize(..lengths.len())]
    }
}

/// One entry of the script a line.
pub(crate) fn show(scenario: &Value) -> String {
    let Value::Object(fields) = scenario else {
        return scenario.to_string();
    };
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| match value {
            Value::Object(entries) if name == "script" => {
                let entries = entries.iter();
                let entries = entries.map(|(event, actions)| format!("    {event:?}: {actions}"));
                let entries: Vec<_> = entries.collect();
                format!("  \"script\": {{\n{}\n  }}", entries.join(",\n"))
            }
            _ => format!("  {name:?}: {value}"),
        })
        .collect();
    format!("{{\n{}\n}}\n", fields.join(",\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_scenario_each_time() {
        for seed in 0..50 {
            assert_eq!(scenario(seed), scenario(seed));
        }
        assert_ne!(scenario(1), scenario(2));
    }

    #[test]
    fn every_one_of_them_is_sound() {
        for seed in 0..2000 {
            let text = scenario(seed);
            if let Err(error) = crate::scenario::parse(&text) {
                panic!("{seed}: {error:#}\n{text}");
            }
        }
    }
}
