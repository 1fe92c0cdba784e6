//! The commands `replay` and `compare`: what they print when all is well, and when it is not.

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};

use tempfile::TempDir;

use super::{is_there_node_20, stderr, stdout, uvox};

const CLOSED_AT_ONCE: &str = r#"{"script": {"server.listening": [["close-server"]]}}"#;
const ITS_TRACE: &str = "server listening\nserver close\nserver close-cb ok\nexit drained\n";

/// Runs the command with a scenario on its standard input.
fn given(arguments: &[&str], scenario: &str, path: Option<&TempDir>) -> Output {
    let mut command = uvox();
    if let Some(path) = path {
        command.env("PATH", path.path());
    }
    let mut child = command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that does not want it may be gone before.
    let _ = child.stdin.take().unwrap().write_all(scenario.as_bytes());
    child.wait_with_output().unwrap()
}

/// It failed, and said so in one line.
fn complaint(output: &Output) -> &str {
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty());
    let said = stderr(output);
    assert_eq!(said.lines().count(), 1, "{said}");
    said.trim_end()
}

/// A directory with a `node` in it that plays no scenario, but prints this.
fn a_node_that_says(trace: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let node = directory.path().join("node");
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo v20.0.0; else /bin/cat >/dev/null; echo '{}'; fi\n",
        trace.trim_end()
    );
    fs::write(&node, script).unwrap();
    fs::set_permissions(&node, fs::Permissions::from_mode(0o755)).unwrap();
    directory
}

#[test]
fn a_scenario_from_standard_input() {
    let output = given(&["replay", "-"], CLOSED_AT_ONCE, None);
    assert_eq!(stdout(&output), ITS_TRACE);
    assert_eq!(stderr(&output), "");
    assert!(output.status.success());
}

#[test]
fn a_scenario_that_is_none() {
    let output = given(&["replay", "-"], r#"{"clients": [{"to": "me"}]}"#, None);
    let said = "uvox: standard input: clients[0].to: this can only be \"nobody\"";
    assert_eq!(complaint(&output), said);
    let output = given(&["compare", "-"], "nothing", Some(&a_node_that_says("")));
    assert!(complaint(&output).starts_with("uvox: standard input: this is not JSON"));
}

#[test]
fn a_file_that_is_not_there() {
    let output = given(&["replay", "/nowhere/at.json"], "", None);
    let said = complaint(&output);
    assert!(
        said.starts_with("uvox: /nowhere/at.json: No such file"),
        "{said}"
    );
}

#[test]
fn compare_without_node() {
    let nothing = tempfile::tempdir().unwrap();
    let output = given(&["compare", "-"], CLOSED_AT_ONCE, Some(&nothing));
    let said = "uvox: there is no `node` on the PATH to compare with";
    assert_eq!(complaint(&output), said);
}

#[test]
fn a_difference_is_shown_and_is_the_status() {
    let node = a_node_that_says("server listening\nserver close-cb ok\nexit limit");
    let output = given(&["compare", "-"], CLOSED_AT_ONCE, Some(&node));
    let shown = "\
standard input: differs
exit
  node          uvox
  limit       | drained
server
  node          uvox
  listening     listening
              > close
  close-cb ok   close-cb ok
";
    assert_eq!(stdout(&output), shown);
    assert_eq!(output.status.code(), Some(1));
    let node = a_node_that_says(ITS_TRACE);
    let output = given(&["compare", "-"], CLOSED_AT_ONCE, Some(&node));
    assert_eq!(stdout(&output), "standard input: same, 4 lines\n");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn seeds_that_are_none() {
    for seeds in ["5", "9..3", "a..b"] {
        let output = given(&["compare", "--random", seeds], "", None);
        assert_eq!(output.status.code(), Some(2));
        let said = stderr(&output);
        assert!(
            said.contains("two seeds are wanted, like 0..1000"),
            "{said}"
        );
    }
}

#[test]
fn random_scenarios_run_as_on_node() {
    if is_there_node_20() {
        let output = given(&["compare", "--random", "11..51"], "", None);
        let said = stdout(&output);
        assert!(
            said.contains("40 random scenarios: 40 same, 0 differ"),
            "{said}"
        );
        assert!(output.status.success());
    }
}
