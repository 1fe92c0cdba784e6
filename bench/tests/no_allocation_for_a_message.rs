//! A message that is read and echoed allocates nothing, at any height, and nor does a datagram that is answered. It is counted in a server of its own, as `counts` does.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The first core that this process may run on, as `taskset` would write it.
fn a_core() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let allowed = status
        .lines()
        .find_map(|line| line.strip_prefix("Cpus_allowed_list:"))
        .unwrap();
    let first = allowed.trim().split([',', '-']).next();
    first.unwrap().to_owned()
}

/// What is allocated, by peer.
fn allocations(arguments: &[&str]) -> Value {
    let out = tempfile::tempdir().unwrap();
    let status = Command::new(env!("CARGO_BIN_EXE_uvox-bench"))
        .args(["counts", "--only", "allocations", "--connections", "20"])
        .args(arguments)
        .args(["--core", &a_core(), "--out"])
        .arg(out.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
    let json = fs::read_to_string(out.path().join("counts.json")).unwrap();
    let mut counts: Value = serde_json::from_str(&json).unwrap();
    counts["allocations"].take()
}

#[test]
fn at_any_height() {
    let counted = allocations(&["--peers", "uvox-uv,uvox-uv-write,uvox-base,uvox-net"]);
    let peers = counted.as_object().unwrap();
    assert_eq!(peers.len(), 4, "{counted}");
    for (peer, allocated) in peers {
        assert_eq!(allocated["per message"], 0.0, "{peer}: {counted}");
        let bytes = allocated["bytes per connection"].as_f64().unwrap();
        assert!(bytes > 0.0, "{peer}: it was counted at all: {counted}");
    }
}

#[test]
fn of_a_datagram() {
    let counted = allocations(&["--udp", "--peers", "uvox-uv,uvox-net"]);
    let peers = counted.as_object().unwrap();
    assert_eq!(peers.len(), 2, "{counted}");
    for (peer, allocated) in peers {
        assert_eq!(allocated["per message"], 0.0, "{peer}: {counted}");
    }
}
