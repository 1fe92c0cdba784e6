//! The order in which the hooks of one phase run.

use std::ops::Range;

use crate::Key;

/// The started hooks of one phase. They run from the end to the start, so that the latest runs first, and one that is
/// started while the others run waits for the next turn.
///
/// A hook that is stopped leaves a gap, so that stopping is O(1) and safe while the phase runs; the gaps are closed when there
/// are as many of them as hooks, and never during a run.
#[derive(Debug, Default)]
pub(crate) struct HookList {
    places: Vec<Option<Key>>,
    gaps: usize,
}

impl HookList {
    /// Whether no hook is started.
    pub(crate) fn is_empty(&self) -> bool {
        self.places.len() == self.gaps
    }

    /// Adds a hook, to run before all others. Returns its place.
    pub(crate) fn insert(&mut self, key: Key) -> usize {
        self.places.push(Some(key));
        self.places.len() - 1
    }

    pub(crate) fn remove(&mut self, place: usize) {
        if self.places[place].take().is_some() {
            self.gaps += 1;
        }
    }

    #[inline]
    pub(crate) fn get(&self, place: usize) -> Option<Key> {
        self.places.get(place).copied().flatten()
    }

    /// The places to run, in order.
    pub(crate) fn begin(&self) -> std::iter::Rev<Range<usize>> {
        (0..self.places.len()).rev()
    }

    /// After a run: closes the gaps, if they are many, and returns the hooks that moved, with their new places.
    pub(crate) fn finish(&mut self) -> Vec<(usize, Key)> {
        if self.gaps * 2 < self.places.len() || self.gaps == 0 {
            return Vec::new();
        }
        self.places.retain(Option::is_some);
        self.gaps = 0;
        self.places
            .iter()
            .enumerate()
            .filter_map(|(at, key)| Some((at, (*key)?)))
            .collect()
    }
}
