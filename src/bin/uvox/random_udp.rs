//! Random scenarios of datagrams: the same one for the same seed. What is said of [those of streams](crate::random) holds for them.
//!
//! Who answers every message by one would never end, so messages are answered by none. A name is known in whatever turn it is known, so what waits for one (every
//! send to an address does) happens at a moment of its own, with nothing in the next moment but what follows from it.
//!
//! What is known to differ, and is meant to (`docs/differences.md`), is not made:
//!
//! - Options, `connect` and `disconnect` of a socket that is closed. So in a scenario either sockets are closed before its end, or there are such.
//! - To send a list of buffers, or to port 0, with an address from a connected socket. So where sockets are connected, there are none of these.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use crate::random::show;

/// Between two moments at which somebody does something, in milliseconds.
const STEP_MS: u32 = 60;
/// How many of those moments there are, at most.
const MOST_STEPS: u32 = 4;
/// How many sockets there are, at most.
const MOST_SOCKETS: usize = 3;
/// How many actions one entry has, at most.
const MOST_ACTIONS: usize = 3;
/// How deep ticks, immediates and others' doings are put into each other.
const MOST_DEPTH: usize = 2;

/// A scenario, as JSON on several lines.
pub(crate) fn scenario(seed: u64) -> String {
    let mut rng = Rng::with_seed(seed);
    let closes = rng.bool();
    let sockets = rng.usize(1..=MOST_SOCKETS);
    let mut make = Make {
        rng,
        closes,
        sockets,
    };
    show(&make.scenario())
}

struct Make {
    rng: Rng,
    /// Whether sockets are closed before the end; if not, they are connected, and their options set.
    closes: bool,
    sockets: usize,
}

/// When something is done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum When {
    /// It comes once.
    Once,
    /// It may come again, and by what is done then.
    Again,
    /// It is closed.
    Closed,
}

impl Make {
    fn one_in(&mut self, times: u32) -> bool {
        self.rng.u32(..times) == 0
    }

    fn scenario(&mut self) -> Value {
        let sockets: Vec<Value> = (0..self.sockets).map(|_| self.socket()).collect();
        let script: Map<String, Value> = (0..self.sockets)
            .flat_map(|number| self.script(number))
            .collect();
        json!({"udp": sockets, "script": script})
    }

    fn socket(&mut self) -> Value {
        let mut options = Map::new();
        for (name, times) in [("manual", 4), ("reuseAddr", 8), ("ipv6Only", 16)] {
            if self.one_in(times) {
                options.insert(name.into(), json!(true));
            }
        }
        if self.one_in(8) {
            options.insert("type".into(), json!("udp6"));
        }
        Value::Object(options)
    }

    fn script(&mut self, number: usize) -> Vec<(String, Value)> {
        let events = [
            ("listening", 2, When::Once),
            ("message", 3, When::Again),
            ("connect", 2, When::Again),
            ("error", 4, When::Again),
            ("close", 4, When::Closed),
        ];
        let mut script = vec![(format!("socket{number}.start"), self.start(number))];
        for (event, times, when) in events {
            if self.one_in(times) {
                script.push((format!("socket{number}.{event}"), self.actions(when, 0)));
            }
        }
        script
    }

    /// What it does at the beginning and at moments of its own, and its end.
    fn start(&mut self, number: usize) -> Value {
        let mut actions = Vec::new();
        if self.one_in(3) {
            actions.push(self.action(When::Once, 0));
        }
        let sockets = self.sockets as u32;
        let own = 1 + number as u32;
        for step in 0..MOST_STEPS {
            if self.rng.bool() {
                let moment = STEP_MS * (step * sockets + own);
                actions.push(json!(["after", moment, self.actions(When::Once, 0)]));
            }
        }
        let end = STEP_MS * (MOST_STEPS * sockets + own);
        actions.push(json!(["after", end, [["close"]]]));
        Value::Array(actions)
    }

    fn actions(&mut self, when: When, depth: usize) -> Value {
        let count = 1 + self.rng.usize(..MOST_ACTIONS);
        Value::Array((0..count).map(|_| self.action(when, depth)).collect())
    }

    fn action(&mut self, when: When, depth: usize) -> Value {
        let once = when == When::Once;
        match self.rng.u32(..100) {
            0..20 if once => json!(["send-cb", self.pieces_to(), self.to()]),
            20..26 if once => json!(["send", self.pieces_to(), self.to()]),
            26..34 if once => json!(["send-cb", self.pieces()]),
            34..42 if once && !self.closes => json!(["connect-cb", self.to()]),
            42..46 if once && !self.closes => json!(["connect", self.to()]),
            46..50 if once => json!(["bind-cb"]),
            50..62 if self.closes => self.closing(),
            50..62 if when != When::Closed => self.setting(),
            62..70 => json!(["state"]),
            70..78 if depth < MOST_DEPTH => json!(["tick", self.actions(when, depth + 1)]),
            78..84 if depth < MOST_DEPTH => json!(["immediate", self.actions(when, depth + 1)]),
            // What comes to two at one moment may come in either order.
            84..92 if once && depth < MOST_DEPTH => {
                let other = self.rng.usize(..self.sockets);
                json!(["as", other, self.actions(when, depth + 1)])
            }
            92..94 => json!(["unref"]),
            94..96 => json!(["ref"]),
            _ => json!(["state"]),
        }
    }

    fn closing(&mut self) -> Value {
        json!([if self.rng.bool() { "close" } else { "close-cb" }])
    }

    fn setting(&mut self) -> Value {
        let on = self.rng.bool();
        let ttls = [-1, 0, 1, 64, 255, 256];
        let ttl = ttls[self.rng.usize(..ttls.len())];
        match self.rng.u32(..6) {
            0 => json!(["set-ttl", ttl]),
            1 => json!(["set-multicast-ttl", ttl]),
            2 => json!(["set-broadcast", on]),
            3 => json!(["set-multicast-loopback", on]),
            _ => json!(["disconnect"]),
        }
    }

    fn to(&mut self) -> Value {
        match self.rng.u32(..12) {
            0 | 1 => json!("nobody"),
            2 => json!([70_000]),
            _ => json!(self.rng.usize(..self.sockets)),
        }
    }

    /// The same with an address, which Node overlooks if there are several, and it is connected.
    fn pieces_to(&mut self) -> Value {
        match self.pieces() {
            Value::Array(_) if !self.closes => json!(10),
            pieces => pieces,
        }
    }

    /// One length, or several. What is longer than datagrams can be is one of them.
    fn pieces(&mut self) -> Value {
        let lengths = [0, 1, 3, 10, 100, 1472, 9000, 65_507, 65_508];
        let mut one = |most: usize| lengths[self.rng.usize(..most)];
        match one(4) {
            3 => json!([one(7), one(7), one(7)]),
            _ => json!(one(lengths.len())),
        }
    }
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
