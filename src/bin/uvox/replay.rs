//! `uvox replay`.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::{Outcome, interrupt, play, scenario};

/// Play a scenario on uvox and print its trace.
///
/// docs/scenarios.md says what scenarios and traces are.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The scenario; - for standard input
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    interrupt::ends_process()?;
    let text = read(&arguments.file)?;
    let scenario = scenario::parse(&text).with_context(|| name(&arguments.file))?;
    let trace = play::play(scenario)?;
    let printed = io::stdout().lock().write_all(trace.as_bytes());
    printed.context("standard output")?;
    Ok(Outcome::Well)
}

/// What stands in a file, or comes from standard input if that is called `-`.
pub(crate) fn read(file: &Path) -> Result<String> {
    if file.as_os_str() != "-" {
        return fs::read_to_string(file).with_context(|| name(file));
    }
    let mut text = String::new();
    let read = io::stdin().read_to_string(&mut text);
    read.context("standard input")?;
    Ok(text)
}

/// What a file is called in a complaint.
pub(crate) fn name(file: &Path) -> String {
    match file.as_os_str() == "-" {
        true => "standard input".to_owned(),
        false => file.display().to_string(),
    }
}
