//! What is printed, and kept to be written to a file.

use std::fs;
use std::path::Path;

use crate::error::Result;

#[derive(Debug, Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn line(&mut self, line: String) {
        println!("{line}");
        self.0 += &line;
        self.0 += "\n";
    }

    pub(super) fn write(&self, directory: &Path) -> Result<()> {
        fs::create_dir_all(directory)?;
        Ok(fs::write(directory.join("counts.txt"), &self.0)?)
    }
}
