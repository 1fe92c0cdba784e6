//! However the harness ends, its servers do, too.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::thread::yield_now;

/// A harness in the middle of a measurement, and the server that it measures.
fn started() -> (Child, u32) {
    let mut harness = Command::new(env!("CARGO_BIN_EXE_uvox-bench"))
        .args(["echo", "--only", " 1 connection ", "--peers", "bare"])
        .args(["--seconds", "600", "--out", env!("CARGO_TARGET_TMPDIR")])
        .env("TMPDIR", env!("CARGO_TARGET_TMPDIR"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // It says where it measures, and then begins.
    let mut line = String::new();
    let stdout = harness.stdout.as_mut().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let id = harness.id();
    let children = format!("/proc/{id}/task/{id}/children");
    let server = loop {
        let text = fs::read_to_string(&children).unwrap();
        if let Some(child) = text.split_whitespace().next() {
            let child: u32 = child.parse().unwrap();
            // It was tied to us before it became the server.
            if name(child).is_some_and(|name| name.starts_with("uvox-bench")) && is_tied(child) {
                break child;
            }
        }
        yield_now();
    };
    (harness, server)
}

fn name(process: u32) -> Option<String> {
    fs::read_to_string(format!("/proc/{process}/comm")).ok()
}

/// Whether it runs what it was started for: before, it is a copy of the harness.
fn is_tied(process: u32) -> bool {
    let words = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    words.split(|byte| *byte == 0).nth(1) == Some(b"serve")
}

/// Returns when it is gone, or nobody has asked yet what became of it.
fn gone(process: u32) {
    let state = || {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        stat.rsplit_once(") ")?.1.chars().next()
    };
    while !matches!(state(), None | Some('Z' | 'X')) {
        yield_now();
    }
}

#[test]
fn killed() {
    let (mut harness, server) = started();
    harness.kill().unwrap();
    assert!(!harness.wait().unwrap().success());
    gone(server);
}

#[test]
fn interrupted() {
    let (mut harness, server) = started();
    let status = Command::new("kill")
        .args(["-INT", &harness.id().to_string()])
        .status()
        .unwrap();
    assert!(status.success());
    assert_eq!(harness.wait().unwrap().code(), Some(130));
    gone(server);
}
