//! What is printed, and kept to be written to a file.

use std::path::Path;

use crate::ending::say;
use crate::error::Result;
use crate::report;

#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn line(&mut self, line: String) {
        say(&line);
        self.0 += &line;
        self.0 += "\n";
    }

    pub(super) fn write(&self, directory: &Path) -> Result<()> {
        report::save(directory, "counts.txt", &self.0)
    }
}
