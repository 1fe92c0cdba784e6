//! Node itself, where it is on the path, to be asked.

use std::io::Write;
use std::process::{Command, Stdio};

/// What Node 20 prints, line by line, when it runs `code`; `None`, and a word of it, if there is none.
pub(crate) fn ask(code: &str) -> Option<Vec<String>> {
    run("-", code)
}

/// The same of a program that begins before Node's loop does.
pub(crate) fn ask_before_the_loop(code: &str) -> Option<Vec<String>> {
    let mut file = tempfile::NamedTempFile::with_suffix(".js").unwrap();
    file.write_all(code.as_bytes()).unwrap();
    run(file.path().to_str().unwrap(), "")
}

fn run(program: &str, code: &str) -> Option<Vec<String>> {
    let version = Command::new("node").arg("--version").output();
    if !version.is_ok_and(|version| version.stdout.starts_with(b"v20.")) {
        println!("skipped: there is no Node 20 to compare with");
        return None;
    }
    let mut child = Command::new("node")
        .arg(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It prints nothing before it has read all of it, and the pipe is closed behind it.
    child
        .stdin
        .take()
        .unwrap()
        .write_all(code.as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(str::to_owned).collect())
}

/// A small generator of numbers below a limit, the same ones each time.
pub(crate) struct Noise(u32);

impl Noise {
    pub(crate) fn new(seed: u32) -> Noise {
        Noise(seed)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) as usize % limit
    }
}
