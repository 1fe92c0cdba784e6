//! The hooks of one phase, and the order in which they run.

use crate::{Ctx, Key};

/// The started hooks of one phase. They run from the end to the start, so that the latest runs first, and one that is started
/// while the others run waits for the next turn.
///
/// Hooks run in every turn, a thousand of them perhaps, so they are not resolved in the table each time, as other callbacks are. While the phase runs, the callbacks are away, all together; the keys stay and tell who is still started. A hook that
/// is stopped leaves a gap, so that stopping is O(1) and safe at any time. The gaps are closed after a run, when there are as many of them
/// as hooks.
pub(crate) struct HookList<F: ?Sized> {
    /// By place; `None` is a gap.
    keys: Vec<Option<Key>>,
    /// By place, but for those that are away.
    callbacks: Vec<Option<Box<F>>>,
    /// While the phase runs: so many callbacks, of the first places, are away.
    away: usize,
    gaps: usize,
}

impl<F: ?Sized> Default for HookList<F> {
    fn default() -> HookList<F> {
        HookList {
            keys: Vec::new(),
            callbacks: Vec::new(),
            away: 0,
            gaps: 0,
        }
    }
}

impl<F: ?Sized> HookList<F> {
    /// Whether no hook is started.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.len() == self.gaps
    }

    /// Whether there is no gap, either.
    #[inline]
    pub(crate) fn has_no_places(&self) -> bool {
        self.keys.is_empty()
    }

    /// Adds a hook, to run before all others. Returns its place.
    pub(crate) fn insert(&mut self, key: Key, callback: Box<F>) -> usize {
        self.keys.push(Some(key));
        self.callbacks.push(Some(callback));
        self.keys.len() - 1
    }

    /// Makes a gap of a hook's place. Its callback, if it is not away, is the caller's to drop.
    pub(crate) fn remove(&mut self, place: usize) -> Option<Box<F>> {
        self.keys[place] = None;
        self.gaps += 1;
        self.callbacks
            .get_mut(place.checked_sub(self.away)?)?
            .take()
    }

    /// Closes the gaps, if they are many, and returns the hooks that moved, with their new places. Not while the phase runs.
    pub(crate) fn close_gaps(&mut self) -> Vec<(usize, Key)> {
        if self.gaps == 0 || self.gaps * 2 < self.keys.len() {
            return Vec::new();
        }
        self.gaps = 0;
        self.keys.retain(Option::is_some);
        self.callbacks.retain(Option::is_some);
        self.keys
            .iter()
            .enumerate()
            .filter_map(|(place, key)| Some((place, (*key)?)))
            .collect()
    }

    /// The callbacks come back; those whose hook was stopped in the meantime are handed on, to be dropped.
    fn take_back(&mut self, mut callbacks: Vec<Option<Box<F>>>) -> Vec<Option<Box<F>>> {
        self.away = 0;
        let mut stopped = Vec::new();
        for (key, callback) in self.keys.iter().zip(&mut callbacks) {
            if key.is_none() && callback.is_some() {
                stopped.push(callback.take());
            }
        }
        callbacks.append(&mut self.callbacks);
        self.callbacks = callbacks;
        stopped
    }
}

/// The callbacks of a phase that is running. However it ends, by a panic too, they go back.
struct Away<'a, F: ?Sized, L: Fn(&mut Ctx) -> &mut HookList<F>> {
    cx: &'a mut Ctx,
    list: L,
    callbacks: Vec<Option<Box<F>>>,
}

impl<F: ?Sized, L: Fn(&mut Ctx) -> &mut HookList<F>> Drop for Away<'_, F, L> {
    fn drop(&mut self) {
        let stopped = (self.list)(self.cx).take_back(std::mem::take(&mut self.callbacks));
        drop(stopped);
    }
}

impl Ctx {
    /// Runs the hooks of a list that are started now, as long as they are.
    pub(crate) fn run_hooks<F: ?Sized>(
        &mut self,
        list: impl Fn(&mut Ctx) -> &mut HookList<F>,
        call: impl Fn(&mut Ctx, &mut F, Key),
    ) {
        let hooks = list(self);
        let callbacks = std::mem::take(&mut hooks.callbacks);
        hooks.away = callbacks.len();
        let mut away = Away {
            cx: self,
            list,
            callbacks,
        };
        for (place, callback) in away.callbacks.iter_mut().enumerate().rev() {
            if let Some(callback) = callback
                && let Some(&Some(key)) = (away.list)(away.cx).keys.get(place)
            {
                call(away.cx, callback, key);
            }
        }
    }
}

impl<F: ?Sized> std::fmt::Debug for HookList<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list()
            .entries(self.keys.iter().rev().flatten())
            .finish()
    }
}
