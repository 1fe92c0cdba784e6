//! Scripts played here and on Node itself: what happens must be the same. Where there is no Node 20 on the path, asking it is skipped, and said to be;
//! what it said to the scripts that have names is recorded.

mod calls;
mod noise;
mod player;
mod script;

use std::io::Write;
use std::process::{Command, Stdio};

use uvox_testing::scenario;

/// What Node 20 says to these scripts, one after the other; `None`, and a word of it, if there is none.
fn node(scripts: &[String]) -> Option<Vec<Vec<String>>> {
    let version = Command::new("node").arg("--version").output();
    if !version.is_ok_and(|version| version.stdout.starts_with(b"v20.")) {
        println!("skipped: there is no Node 20 to compare with");
        return None;
    }
    let runner = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/streams/compare/runner.js"
    );
    let mut child = Command::new("node")
        .arg(runner)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It prints nothing before it has read all of it, and the pipe is closed behind it.
    let mut input = child.stdin.take().unwrap();
    input.write_all(scripts.join("\n\n").as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let text = String::from_utf8(output.stdout).unwrap();
    let logs = text.split("\n\n").filter(|log| !log.is_empty());
    Some(
        logs.map(|log| log.lines().map(str::to_owned).collect())
            .collect(),
    )
}

/// Plays all of them in both places.
fn compare(scripts: &[String]) {
    let ours: Vec<_> = scripts.iter().map(|script| script::play(script)).collect();
    let Some(theirs) = node(scripts) else {
        return;
    };
    assert_eq!(theirs.len(), scripts.len(), "Node played all of them");
    let mut differing = Vec::new();
    for ((script, ours), theirs) in scripts.iter().zip(&ours).zip(&theirs) {
        if ours != theirs {
            differing.push(format!(
                "{script}\nuvox:\n  {}\nnode:\n  {}\n",
                ours.join("\n  "),
                theirs.join("\n  ")
            ));
        }
    }
    assert!(
        differing.is_empty(),
        "{} of {} differ; the shortest:\n{}",
        differing.len(),
        scripts.len(),
        differing.iter().min_by_key(|one| one.len()).unwrap()
    );
}

/// The scripts that have names, with what Node 20.20.2 said to them (`node runner.js < scripts.txt > recorded.txt`).
#[test]
fn named_scripts_run_as_recorded() {
    let scripts = parts(include_str!("scripts.txt"));
    let recorded = parts(include_str!("recorded.txt"));
    assert_eq!(scripts.len(), recorded.len());
    scenario(|| {
        for (script, recorded) in scripts.iter().zip(&recorded) {
            assert_eq!(&script::play(script).join("\n"), recorded, "{script}");
        }
        compare(&scripts);
    });
}

/// What stands between empty lines.
fn parts(text: &str) -> Vec<String> {
    let parts = text.split("\n\n").map(str::trim);
    let parts = parts.filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

#[test]
fn random_readables_run_as_on_node() {
    scenario(|| compare(&noise::scripts("readable", 1..=300)));
}

#[test]
fn random_writables_run_as_on_node() {
    scenario(|| compare(&noise::scripts("writable", 1..=300)));
}

#[test]
fn random_duplexes_run_as_on_node() {
    scenario(|| compare(&noise::scripts("duplex", 1..=300)));
}

#[test]
fn random_pipes_run_as_on_node() {
    scenario(|| compare(&noise::pipes(1..=300)));
}
