//! What goes wrong in a benchmark ends it, with the reason.

use std::error::Error;
use std::io;

/// Ends the program with the reason.
pub(crate) type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// An error that has nothing but words.
pub(crate) fn error(words: impl Into<String>) -> Box<dyn Error + Send + Sync> {
    Box::new(io::Error::other(words.into()))
}
