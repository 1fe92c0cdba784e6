//! Listeners, as `EventEmitter` has them.

mod added_and_removed_while_firing;
mod emitted_by_others;
mod once;
mod panics;
mod what_is_pushed_is_lent;
