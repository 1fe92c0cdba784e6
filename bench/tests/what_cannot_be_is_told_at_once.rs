//! What cannot be measured is told before anything is, in words, and by the exit status.

use std::process::Command;

/// What it says to that, on the standard error.
fn refused(words: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_uvox-bench"))
        .args(words)
        .output()
        .unwrap();
    assert!(!output.status.success(), "{words:?}");
    assert!(output.stdout.is_empty(), "{words:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn no_such_case() {
    let said = refused(&["churn", "--only", "nonsense"]);
    assert!(said.contains("there is no such case"), "{said}");
    assert!(
        said.contains("  churn: connect, one message, close"),
        "{said}"
    );
}

#[test]
fn nobody_takes_part() {
    let said = refused(&["timers", "--peers", "mio,bare"]);
    assert!(said.contains("timers: 1,000 started"), "{said}");
}

#[test]
fn numbers_that_make_no_sense() {
    for words in [
        ["echo", "--rounds", "0"],
        ["echo", "--seconds", "-1"],
        ["echo", "--seconds", "nan"],
        ["counts", "--connections", "0"],
        ["counts", "--size", "0"],
    ] {
        let said = refused(&words);
        assert!(said.contains("invalid value"), "{said}");
    }
}

#[test]
fn no_such_core() {
    for command in ["--server-core", "--client-core"] {
        let said = refused(&["echo", command, "1000000"]);
        assert!(said.contains("there is no core 1000000"), "{said}");
    }
}

#[test]
fn nowhere_to_write() {
    let said = refused(&["echo", "--out", "/dev/null/report"]);
    assert!(said.contains("/dev/null/report"), "{said}");
}
