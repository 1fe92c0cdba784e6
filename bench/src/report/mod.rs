//! What came of it: a table to read, JSON to reckon with, a chart to look at.

mod chart;
mod goals;
mod json;
mod machine;
mod table;

use std::fs;
use std::path::Path;

pub(crate) use goals::{Bound, Judged, goals, goals_json, judge};
pub(crate) use json::FORMAT;
pub(crate) use machine::describe as machine;
pub(crate) use table::{grouped, table};

use crate::error::{Result, error};
use crate::plan::Plan;
use crate::rounds::Outcome;

/// Makes a directory for a report, and sees whether there can be one: better now than when everything is measured.
pub(crate) fn prepare(directory: &Path) -> Result<()> {
    let there = fs::create_dir_all(directory).and_then(|()| tempfile::tempfile_in(directory));
    there.map_err(|reason| error(format!("{}: {reason}", directory.display())))?;
    Ok(())
}

/// Writes a file into it.
pub(crate) fn save(directory: &Path, name: &str, text: &str) -> Result<()> {
    let path = directory.join(name);
    fs::write(&path, text).map_err(|reason| error(format!("{}: {reason}", path.display())))
}

/// Writes `report.txt`, `report.json` and `report.svg` into a directory.
pub(crate) fn write(
    directory: &Path,
    outcomes: &[Outcome],
    plan: &Plan,
    heading: &[String],
) -> Result<()> {
    let judged = judge(outcomes);
    let mut text = heading.join("\n");
    text += "\n";
    for outcome in outcomes {
        text += "\n";
        text += &table(outcome);
    }
    text += &goals(&judged);
    text += "\n";
    save(directory, "report.txt", &text)?;
    let json = json::json(outcomes, &judged, plan, &heading[0]);
    save(
        directory,
        "report.json",
        &serde_json::to_string_pretty(&json)?,
    )?;
    save(directory, "report.svg", &chart::chart(outcomes, heading))
}
