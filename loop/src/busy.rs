//! Why a loop cannot be closed.

use std::fmt;

use crate::sys::Errno;
use crate::{HandleInfo, Loop};

/// A loop that could not be closed, because not everything in it is. Its message names what is left: the kind of each
/// handle and, in debug builds, the line that made it.
pub struct BusyLoop(pub(crate) Box<Loop>);

impl BusyLoop {
    /// `EBUSY`.
    pub fn errno(&self) -> Errno {
        Errno::EBUSY
    }

    /// The handles that are left.
    pub fn handles(&self) -> Vec<HandleInfo> {
        self.0
            .table
            .keys()
            .into_iter()
            .filter_map(|key| self.0.info(key))
            .collect()
    }

    /// How many requests are in flight.
    pub fn requests(&self) -> usize {
        self.0.requests
    }

    /// The loop, to go on with.
    pub fn into_loop(self) -> Loop {
        *self.0
    }
}

impl fmt::Display for BusyLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "EBUSY: the loop still has {} requests and {} handles",
            self.requests(),
            self.handles().len()
        )?;
        for handle in self.handles() {
            write!(f, "\n  {} {}", handle.kind, handle.key)?;
            if let Some(place) = handle.created_at {
                write!(f, " made at {place}")?;
            }
            if handle.closing {
                f.write_str(", closing")?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for BusyLoop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for BusyLoop {}
