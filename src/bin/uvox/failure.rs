//! What ends a command that was not to end, in one line, and the exit status that says so.

use std::fmt;

use uvox::Error;

use crate::interrupt;

/// The status of what could not be done.
pub(crate) const UNABLE: u8 = 2;

/// An end with a status of its own.
#[derive(Debug)]
pub(crate) struct Failure {
    status: u8,
    message: String,
}

impl Failure {
    /// Something went wrong on the way, or a signal came.
    pub(crate) fn of(error: &Error) -> Failure {
        Failure {
            status: interrupt::status(error).unwrap_or(UNABLE),
            message: describe(error),
        }
    }

    /// The same of a command whose status is another one; a signal's status is always the signal's.
    pub(crate) fn with_status(error: &anyhow::Error, status: u8) -> Failure {
        let of_signal = error
            .downcast_ref::<Failure>()
            .map(|failure| failure.status);
        Failure {
            status: of_signal.filter(|own| *own != UNABLE).unwrap_or(status),
            message: format!("{error:#}"),
        }
    }
}

/// What went wrong, and the kernel's words for it.
pub(crate) fn describe(error: &Error) -> String {
    let text = error.to_string();
    match error.errno().map(|errno| errno.message()) {
        Some(words) if !text.contains(words) => format!("{text}: {words}"),
        _ => text,
    }
}

/// The exit status that an error stands for.
pub(crate) fn status(error: &anyhow::Error) -> u8 {
    let failure = error.downcast_ref::<Failure>();
    failure.map_or(UNABLE, |failure| failure.status)
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}
