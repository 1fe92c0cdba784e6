//! What a loop has of all this.

use uvox_loop::{Ctx, Kind, State};

use super::immediate::Immediates;
use super::scope::Scopes;
use super::timeout::Timeouts;
use crate::listeners::Deferred;

/// What a loop has of the environment, and of those that are asked for with every callback. It is one value, so that it is found at once.
#[derive(Default)]
pub(crate) struct Environment {
    pub(super) scopes: Scopes,
    pub(super) immediates: Immediates,
    pub(super) timeouts: Timeouts,
    pub(crate) deferred: Deferred,
}

static ENVIRONMENT: Kind<Environment> = Kind::new("environment");

impl State for Environment {
    const KIND: &'static Kind<Environment> = &ENVIRONMENT;
}

/// The loop's environment.
#[inline]
pub(crate) fn of(cx: &mut Ctx) -> &mut Environment {
    cx.resident()
}

/// The same, to look at; nothing as long as nobody needed it.
#[inline]
pub(super) fn look(cx: &Ctx) -> Option<&Environment> {
    cx.get_resident()
}
