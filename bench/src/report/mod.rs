//! What came of it: a table to read, JSON to reckon with, a chart to look at.

mod chart;
mod goals;
mod json;
mod machine;
mod table;

use std::fs;
use std::path::Path;

pub(crate) use goals::{Bound, Judged, goals, goals_json, judge};
pub(crate) use machine::describe as machine;
pub(crate) use table::table;

use crate::error::Result;
use crate::rounds::Outcome;

/// Writes `report.txt`, `report.json` and `report.svg` into a directory.
pub(crate) fn write(directory: &Path, outcomes: &[Outcome], rounds: usize) -> Result<()> {
    fs::create_dir_all(directory)?;
    let machine = machine();
    let judged = judge(outcomes);
    let mut text = format!("{machine}\n{rounds} rounds.\n");
    for outcome in outcomes {
        text += "\n";
        text += &table(outcome);
    }
    text += &goals(&judged);
    text += "\n";
    fs::write(directory.join("report.txt"), text)?;
    let json = json::json(outcomes, &judged, &machine, rounds);
    let json = serde_json::to_string_pretty(&json)?;
    fs::write(directory.join("report.json"), json)?;
    fs::write(
        directory.join("report.svg"),
        chart::chart(outcomes, &machine),
    )?;
    Ok(())
}
