//! Scripts that are played here and on Node: the events, their order, and the words of errors are the same.
//!
//! What Node said is [recorded](RECORDED); where there is a Node 20, it is asked anew.

mod player;
mod script;

use std::process::Command;

use uvox_testing::scenario;

const SCRIPTS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/dgram/compare/scripts.txt"
);
const RUNNER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/dgram/compare/runner.js");
/// What `node runner.js scripts.txt` printed.
const RECORDED: &str = include_str!("recorded.txt");

/// One script's name, and what happened.
fn split(text: &str) -> Vec<(String, Vec<String>)> {
    let mut scripts: Vec<(String, Vec<String>)> = Vec::new();
    for line in text.lines() {
        match line.strip_prefix("# ") {
            Some(name) => scripts.push((name.to_owned(), Vec::new())),
            None => scripts.last_mut().unwrap().1.push(line.trim().to_owned()),
        }
    }
    scripts
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "other kernels have other words for what is wrong"
)]
fn scripts_as_node_plays_them() {
    let scripts = script::parse(&std::fs::read_to_string(SCRIPTS).unwrap());
    let recorded = split(RECORDED);
    assert_eq!(scripts.len(), recorded.len());
    let mut different = Vec::new();
    for (script, (name, lines)) in scripts.iter().zip(&recorded) {
        assert_eq!(&script.name, name);
        let mut ours = Vec::new();
        scenario(|| ours = player::play(&script.body));
        if ours != *lines {
            different.push(format!("# {name}\n{}", side_by_side(lines, &ours)));
        }
    }
    assert!(
        different.is_empty(),
        "Node | here\n{}",
        different.join("\n")
    );
}

#[test]
#[cfg_attr(
    not(target_os = "linux"),
    ignore = "other kernels have other words for what is wrong"
)]
fn what_is_recorded_is_what_node_says() {
    // No other scenario has its sockets open meanwhile.
    scenario(|| {
        let version = Command::new("node").arg("--version").output();
        if !version.is_ok_and(|version| version.stdout.starts_with(b"v20.")) {
            println!("skipped: there is no Node 20 to compare with");
            return;
        }
        let output = Command::new("node")
            .args([RUNNER, SCRIPTS])
            .output()
            .unwrap();
        assert!(output.status.success());
        let said = split(&String::from_utf8(output.stdout).unwrap());
        assert_eq!(said, split(RECORDED));
    });
}

fn side_by_side(node: &[String], ours: &[String]) -> String {
    let mut text = String::new();
    for at in 0..node.len().max(ours.len()) {
        let [node, ours] = [node, ours].map(|lines| lines.get(at).map_or("", |line| line));
        let mark = if node == ours { ' ' } else { '!' };
        text += &format!("{mark} {node:<60} | {ours}\n");
    }
    text
}
