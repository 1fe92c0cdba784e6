//! Why there is no result.

use std::any::Any;
use std::fmt;

use crate::sys::Errno;

/// Why work has no result.
pub enum WorkError {
    /// It was [cancelled](crate::Work::cancel) before it began.
    Cancelled,
    /// It panicked; this is what [`std::panic::catch_unwind`] caught, fit for [`std::panic::resume_unwind`].
    Panicked(Box<dyn Any + Send>),
}

impl WorkError {
    /// `ECANCELED` if it was cancelled. A panic has no number.
    pub fn errno(&self) -> Option<Errno> {
        match self {
            WorkError::Cancelled => Some(Errno::ECANCELED),
            WorkError::Panicked(_) => None,
        }
    }

    /// What the panic said, if it was a panic and said anything.
    pub fn panic_message(&self) -> Option<&str> {
        let WorkError::Panicked(payload) = self else {
            return None;
        };
        let literal = payload.downcast_ref::<&'static str>().copied();
        literal.or_else(|| payload.downcast_ref::<String>().map(String::as_str))
    }

    /// In one word, for the trace.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            WorkError::Cancelled => "cancelled",
            WorkError::Panicked(_) => "panicked",
        }
    }
}

impl fmt::Display for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.panic_message()) {
            (WorkError::Cancelled, _) => Errno::ECANCELED.fmt(f),
            (WorkError::Panicked(_), Some(message)) => write!(f, "the work panicked: {message}"),
            (WorkError::Panicked(_), None) => f.write_str("the work panicked"),
        }
    }
}

impl fmt::Debug for WorkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WorkError::Cancelled => f.write_str("Cancelled"),
            WorkError::Panicked(_) => f
                .debug_tuple("Panicked")
                .field(&self.panic_message())
                .finish(),
        }
    }
}

impl std::error::Error for WorkError {}
