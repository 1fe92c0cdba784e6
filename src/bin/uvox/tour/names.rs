//! What the handles are called in the tale.

use std::collections::HashMap;
use std::fmt::Debug;

use uvox::event_loop::Key;

/// The names of the three actors, by the key of each handle that they consist of.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, &'static str>);

impl Names {
    /// Whatever shows a key when it is shown, as all handles do, has that name from now on.
    pub(super) fn add(&mut self, handle: &impl Debug, name: &'static str) {
        let shown = format!("{handle:?}");
        let Some(start) = shown.rfind('#') else {
            return;
        };
        let key = shown[start..].trim_end_matches(')');
        self.0.insert(key.to_owned(), name);
    }

    pub(super) fn of(&self, key: Key) -> Option<&'static str> {
        self.0.get(&key.to_string()).copied()
    }
}
