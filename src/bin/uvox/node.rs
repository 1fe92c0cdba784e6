//! Node itself, asked to play a scenario.

use std::io::{ErrorKind, Write};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

/// What plays scenarios there.
const RUNNER: &str = include_str!("runner.js");

/// The version of Node whose behaviour is the specification.
pub(crate) const MAJOR: &str = "v20.";

/// The `node` on the path.
#[derive(Debug)]
pub(crate) struct Node {
    version: String,
}

/// A play that is going on there.
#[derive(Debug)]
pub(crate) struct Playing {
    child: Child,
}

impl Node {
    /// Looks for it.
    pub(crate) fn find() -> Result<Node> {
        let output = Command::new("node").arg("--version").output();
        let output = match output {
            Err(error) if error.kind() == ErrorKind::NotFound => {
                bail!("there is no `node` on the PATH to compare with")
            }
            output => output.context("cannot run `node`")?,
        };
        let version = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        if !output.status.success() || !version.starts_with('v') {
            bail!(
                "`node --version` says neither a version nor why: {}",
                output.status
            );
        }
        Ok(Node { version })
    }

    /// As it calls itself: `v20.20.2`.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Begins to play a scenario, which must be a sound one.
    pub(crate) fn play(&self, scenario: &str) -> Result<Playing> {
        let mut child = Command::new("node")
            .args(["-e", RUNNER])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot run `node`")?;
        // It prints nothing before it has read all of it, and the pipe is closed behind it.
        let input = child.stdin.take();
        let mut input = input.context("`node` has no standard input")?;
        // If it is gone already, what it said tells why.
        let _ = input.write_all(scenario.as_bytes());
        Ok(Playing { child })
    }
}

impl Playing {
    /// The trace, when the play is over.
    pub(crate) fn trace(self) -> Result<String> {
        let output = self.child.wait_with_output().context("`node`")?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            let said: Vec<_> = said.lines().filter(|line| line.contains("Error")).collect();
            bail!("`node` failed ({}): {}", output.status, said.join(" "));
        }
        String::from_utf8(output.stdout).context("what `node` printed")
    }
}
