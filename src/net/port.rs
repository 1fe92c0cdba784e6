//! Ports that are given as any number, and are looked at when they are used (`validatePort`).

use super::errors;
use crate::Error;

/// A port as it was given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Port(pub(super) i64);

impl Port {
    pub(super) fn check(self, name: &str) -> Result<u16, Error> {
        u16::try_from(self.0).map_err(|_| errors::bad_port(name, self.0))
    }
}
