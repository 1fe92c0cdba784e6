//! Scenarios as files, one a play, beside the trace that Node 20 gave: the `uvox` command must print the same. Where there is Node 20 on the path it is asked
//! whether it still says so.

mod command;
#[path = "../../src/bin/uvox/scenario/slower.rs"]
mod slower;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// How often a play that came out otherwise is played, each time with more time: on a busy machine timers that are apart may come together.
const PLAYS: u32 = 4;

/// The `uvox` command.
fn uvox() -> Command {
    Command::new(env!("CARGO_BIN_EXE_uvox"))
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios")
}

/// The scenarios of a topic.
fn of_topic(topic: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory().join(topic)).unwrap();
    let files = entries.map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files
        .filter(|file| file.extension().is_some_and(|ending| ending == "json"))
        .collect();
    files.sort();
    files
}

fn stdout(output: &Output) -> &str {
    str::from_utf8(&output.stdout).unwrap()
}

fn stderr(output: &Output) -> &str {
    str::from_utf8(&output.stderr).unwrap()
}

fn is_there_node_20() -> bool {
    let version = Command::new("node").arg("--version").output();
    let is_there = version.is_ok_and(|version| version.stdout.starts_with(b"v20."));
    if !is_there {
        println!("skipped: there is no Node 20 to compare with");
    }
    is_there
}

/// What a player prints for a scenario, if it is not what was recorded.
fn differs(file: &Path, player: impl Fn() -> Command) -> Option<String> {
    let recorded = fs::read_to_string(file.with_extension("trace")).unwrap();
    let scenario = fs::read_to_string(file).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let slower = directory.path().join("slower.json");
    let mut last = String::new();
    for play in 0..PLAYS {
        let mut player = player();
        if play == 0 {
            player.arg(file);
        } else {
            let text = slower::slower(&scenario, 3_u64.pow(play), 3000);
            fs::write(&slower, text).unwrap();
            player.arg(&slower);
        }
        let output = player.output().unwrap();
        assert!(output.status.success(), "{file:?}: {}", stderr(&output));
        last = stdout(&output).to_owned();
        if last == recorded {
            return None;
        }
    }
    let file = file.display();
    Some(format!("{file}\nrecorded:\n{recorded}\nplayed:\n{last}"))
}

/// Plays the scenarios of a topic here, and on Node if it is there.
fn play(topic: &str) {
    let files = of_topic(topic);
    assert!(!files.is_empty());
    let ours = |file: &PathBuf| {
        differs(file, || {
            let mut replay = uvox();
            replay.arg("replay");
            replay
        })
    };
    let differ: Vec<_> = files.iter().filter_map(ours).collect();
    let (some, all) = (differ.len(), files.len());
    assert!(differ.is_empty(), "{some} of {all}:\n{}", differ.join("\n"));
    if !is_there_node_20() {
        return;
    }
    let runner = directory().join("../../src/bin/uvox/runner.js");
    let theirs = |file: &PathBuf| {
        differs(file, || {
            let mut node = Command::new("node");
            node.arg(&runner);
            node
        })
    };
    let differ: Vec<_> = files.iter().filter_map(theirs).collect();
    assert!(differ.is_empty(), "on Node now:\n{}", differ.join("\n"));
}

macro_rules! topics {
    ($($topic:ident)*) => {
        const TOPICS: &[&str] = &[$(stringify!($topic)),*];
        $(
            #[test]
            fn $topic() {
                play(stringify!($topic));
            }
        )*
    };
}

topics! {
    back_pressure ending errors half_open limits order reading reset server timeouts udp unix_sockets writing
}

#[test]
fn every_topic_is_played() {
    let entries = fs::read_dir(directory()).unwrap();
    let topics = entries.map(|entry| entry.unwrap());
    let topics = topics.filter(|entry| entry.file_type().unwrap().is_dir());
    let mut topics: Vec<_> = topics.map(|entry| entry.file_name()).collect();
    topics.sort();
    assert_eq!(topics, TOPICS);
    let scenarios = TOPICS.iter().map(|topic| of_topic(topic).len());
    assert!(scenarios.sum::<usize>() >= 60);
}
