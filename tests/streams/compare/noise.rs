//! Random scripts, the same ones each time.

use std::ops::RangeInclusive;

/// A small generator of numbers.
struct Noise(u64);

impl Noise {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// One of them, one time in so many.
    fn maybe(&mut self, times: usize, key: &str, of: &[&str]) -> String {
        if self.below(times) == 0 {
            format!(" {key}={}", self.one(of))
        } else {
            String::new()
        }
    }
}

/// A script for each seed.
pub(crate) fn scripts(kind: &str, seeds: RangeInclusive<u64>) -> Vec<String> {
    seeds.map(|seed| script(kind, seed)).collect()
}

fn script(kind: &str, seed: u64) -> String {
    let mut noise = Noise(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..8 {
        noise.below(2);
    }
    let reads = kind != "writable";
    let writes = kind != "readable";
    let mut set = format!("set kind={kind}");
    let encoding = if reads {
        noise.maybe(5, "enc", ENCODINGS)
    } else {
        String::new()
    };
    set += &encoding;
    if reads {
        set += &noise.maybe(1, "rhwm", &["0", "1", "4", "7", "16", "16384"]);
        set += &noise.maybe(2, "read", &["none", "sync", "tick", "later"]);
        set += &noise.maybe(1, "pushes", &["0", "1", "2", "5"]);
        set += &noise.maybe(2, "size", &["1", "4", "9"]);
    }
    if writes {
        set += &noise.maybe(1, "whwm", &["0", "1", "4", "7", "16", "16384"]);
        set += &noise.maybe(1, "write", &["hold", "sync", "tick", "later"]);
        set += &noise.maybe(2, "writev", &["1"]);
        set += &noise.maybe(3, "final", &["sync", "tick", "later", "fail", "hold"]);
        set += &noise.maybe(6, "failat", &["1", "2", "3"]);
    }
    if kind == "duplex" {
        set += &noise.maybe(2, "half", &["0"]);
        set += &noise.maybe(10, "readable", &["0"]);
        set += &noise.maybe(10, "writable", &["0"]);
    }
    set += &noise.maybe(5, "auto", &["0"]);
    set += &noise.maybe(10, "close", &["0"]);
    set += &noise.maybe(10, "construct", &["sync", "tick", "later", "fail", "hold"]);
    // What fails to be finalized, here, is asked to let go before the callbacks of `end` are called, if it says so at once.
    if !set.contains("final=fail") {
        set += &noise.maybe(5, "destroy", &["sync", "tick", "later", "fail", "hold"]);
    }
    let reacts = noise.below(3) == 0;
    if reacts {
        let reaction = reaction(&mut noise, reads, writes);
        if encoding.is_empty() || !reaction.contains("unshift") {
            set += &format!(" react={reaction}");
        }
    }
    let mut steps = Vec::new();
    for _ in 0..3 + noise.below(8) {
        // What a call emits comes after the callback here, and in the middle of it on Node: so such a call is the last of a step. With reactions, each is.
        let most = if reacts { 1 } else { 1 + noise.below(3) };
        let mut calls: Vec<String> = Vec::new();
        while calls.len() < most && !calls.last().is_some_and(|last| emits(last)) {
            calls.push(call(&mut noise, reads, writes, !encoding.is_empty()));
        }
        steps.push(calls.join(" ; "));
    }
    let mut steps = steps.join("\n");
    if reacts {
        // Listeners cannot come in between there, either.
        steps = steps.replace("readall", "read");
    }
    // Of several reads in one callback, the stream below is asked in between here, and the listeners hear afterwards.
    if steps.contains("readall") || set.contains("readall") {
        set += " quiet=1";
    }
    format!("{kind} {seed}\n{set}\n{steps}")
}

/// Whether a call may emit at once.
fn emits(call: &str) -> bool {
    ["read", "pause", "unshift", "end"]
        .iter()
        .any(|verb| call.starts_with(verb))
}

const ENCODINGS: &[&str] = &[
    "utf8",
    "utf16le",
    "latin1",
    "ascii",
    "hex",
    "base64",
    "base64url",
];

fn reaction(noise: &mut Noise, reads: bool, writes: bool) -> String {
    let mut all = Vec::new();
    if reads {
        all.extend([
            "readable@0@readall",
            "data@2@pause",
            "data@1@destroy",
            "end@1@destroy",
        ]);
        all.extend(["data@1@off_data", "readable@1@read", "resume@1@pause"]);
        all.extend([
            "data@1@read",
            "data@2@unshift_2",
            "data@1@push_3",
            "readable@1@push_2",
        ]);
    }
    if writes {
        all.extend([
            "drain@1@write_5",
            "finish@1@destroy",
            "drain@1@end",
            "error@1@write_1",
        ]);
    }
    if reads && writes {
        all.extend([
            "end@1@end",
            "data@1@write_3",
            "finish@1@resume",
            "data@2@end",
        ]);
    }
    noise.one(&all).to_owned()
}

fn call(noise: &mut Noise, reads: bool, writes: bool, is_text: bool) -> String {
    let size = noise.one(&["0", "1", "2", "5", "8", "20"]);
    let mut all: Vec<&str> = vec!["state", "state", "ack", "ack", "ack"];
    if reads {
        all.extend([
            "push N", "push N", "push N", "push N", "eof", "read", "read", "readall",
        ]);
        all.extend([
            "pause",
            "resume",
            "resume",
            "on data",
            "on data",
            "on readable",
            "on readable",
        ]);
        all.extend(["off data", "off readable", "once data", "once readable"]);
        // Of text, Node gives out more than was asked for at times, and bytes that were put back as bytes.
        all.extend(if is_text {
            ["read 0", "read 0"]
        } else {
            ["read N", "unshift N"]
        });
    }
    if writes {
        all.extend([
            "write N", "write N", "write N", "writeq N", "writeq N", "writeq N", "cork",
        ]);
        all.extend(["uncork", "end", "endcb", "endwith N", "nack"]);
    }
    if noise.below(12) == 0 {
        all = vec!["destroy", "destroy oops"];
    }
    noise.one(&all).replace('N', size)
}

/// Scripts of three streams that are piped.
pub(crate) fn pipes(seeds: RangeInclusive<u64>) -> Vec<String> {
    seeds.map(piped).collect()
}

fn piped(seed: u64) -> String {
    let mut noise = Noise(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for _ in 0..8 {
        noise.below(2);
    }
    let mut source = "set a kind=readable".to_owned();
    source += &noise.maybe(1, "rhwm", &["1", "4", "16", "16384"]);
    source += &noise.maybe(1, "read", &["none", "sync", "tick", "later"]);
    source += &noise.maybe(1, "pushes", &["1", "2", "5", "9"]);
    source += &noise.maybe(8, "auto", &["0"]);
    source += &noise.maybe(8, "destroy", &["tick", "later", "fail"]);
    let mut targets = Vec::new();
    for name in ["b", "c"] {
        let kind = noise.one(&["writable", "duplex"]);
        let mut target = format!("set {name} kind={kind}");
        target += &noise.maybe(1, "whwm", &["1", "4", "16", "16384"]);
        target += &noise.maybe(1, "write", &["hold", "sync", "tick", "later", "later"]);
        target += &noise.maybe(3, "writev", &["1"]);
        target += &noise.maybe(4, "failat", &["1", "2", "3"]);
        target += &noise.maybe(4, "final", &["tick", "later"]);
        target += &noise.maybe(8, "auto", &["0"]);
        target += &noise.maybe(8, "destroy", &["tick", "later", "fail"]);
        if kind == "duplex" {
            target += &noise.maybe(2, "read", &["sync", "tick", "later"]);
            target += &noise.maybe(1, "pushes", &["0", "1", "2"]);
            target += &noise.maybe(2, "half", &["0"]);
        }
        targets.push(target);
    }
    let mut steps = Vec::new();
    for _ in 0..3 + noise.below(8) {
        steps.push(piping(&mut noise, &targets[0]));
    }
    let first = noise
        .one(&["a.pipe b", "a.pipeline a,b", "a.finished"])
        .to_owned();
    steps.insert(noise.below(2), first);
    format!(
        "pipes {seed}\n{source}\n{}\n{}",
        targets.join("\n"),
        steps.join("\n")
    )
}

fn piping(noise: &mut Noise, middle: &str) -> String {
    let mut all = vec![
        "a.pipe b",
        "a.pipe c",
        "a.pipen b",
        "a.push 3",
        "a.push 5",
        "a.eof",
    ];
    all.extend([
        "b.ack",
        "b.ack",
        "b.ack",
        "c.ack",
        "b.nack",
        "b.writeq 2",
        "b.end",
        "c.end",
    ]);
    all.extend([
        "a.finished",
        "b.finished",
        "b.finished w",
        "a.finished noerr",
        "c.finished",
    ]);
    all.extend([
        "a.unpipe b",
        "a.unpipe",
        "a.pause",
        "a.resume",
        "a.state",
        "b.state",
    ]);
    all.extend(["a.pipeline a,b", "a.on data"]);
    if middle.contains("kind=duplex") {
        all.extend([
            "b.pipe c",
            "a.pipeline a,b,c",
            "b.push 4",
            "b.eof",
            "b.resume",
            "b.finished r",
        ]);
    }
    if noise.below(10) == 0 {
        all = vec![
            "a.destroy",
            "a.destroy oops",
            "b.destroy",
            "b.destroy oops",
            "c.destroy oops",
        ];
    }
    noise.one(&all).to_owned()
}
