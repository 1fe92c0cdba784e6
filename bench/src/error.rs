//! What goes wrong in a benchmark ends it, with the reason.

use std::error::Error;
use std::io;

/// Ends the program with the reason.
pub(crate) type Result<T, E = Reason> = std::result::Result<T, E>;

/// The reason.
pub(crate) type Reason = Box<dyn Error + Send + Sync>;

/// An error that has nothing but words.
pub(crate) fn error(words: impl Into<String>) -> Reason {
    Box::new(io::Error::other(words.into()))
}
