//! The host's own data, one of each type.

use crate::sys::{Erased, Untyped, found_or};
use crate::table::{VACANT, Vacant};
use crate::{Ctx, State};

/// A few values, told apart by their types. A list, not a map: there are a handful, and the one that was asked for last stands first.
pub(crate) struct Slots {
    first: Untyped,
    others: Vec<Untyped>,
    /// The same of types that have a kind.
    resident: Erased,
    other_residents: Vec<Erased>,
}

impl Default for Slots {
    fn default() -> Slots {
        Slots {
            first: Untyped::new(()),
            others: Vec::new(),
            resident: Erased::new(&VACANT, Vacant),
            other_residents: Vec::new(),
        }
    }
}

impl std::fmt::Debug for Slots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Slots({})", self.others.len() + 1)
    }
}

impl Ctx {
    /// The loop's value of type `T`, made by `Default` when first asked for (libuv: `loop->data`, but for any number of owners
    /// that know nothing of each other).
    ///
    /// ```
    /// use uvox_loop::Loop;
    ///
    /// #[derive(Default)]
    /// struct Frames(u64);
    ///
    /// let mut lp = Loop::new()?;
    /// lp.slot::<Frames>().0 += 1;
    /// assert_eq!(lp.slot::<Frames>().0, 1);
    /// # Ok::<(), uvox_loop::Errno>(())
    /// ```
    #[inline]
    pub fn slot<T: Default + 'static>(&mut self) -> &mut T {
        found_or(
            &mut self.slots,
            |slots| slots.first.get_mut(),
            Slots::find_or_make,
        )
    }

    /// The loop's value of type `T`, as [`slot`](Ctx::slot) has it, of a type that has a [kind](State::KIND): that is told by its address, so this takes fewer
    /// steps. It is for what is asked for many times with every callback. The two know nothing of each other's values.
    #[inline]
    pub fn resident<T: State + Default>(&mut self) -> &mut T {
        found_or(
            &mut self.slots,
            |slots| slots.resident.get_mut(),
            Slots::find_or_make_resident,
        )
    }

    /// The same, to look at, if it is there.
    pub fn get_resident<T: State>(&self) -> Option<&T> {
        let mut all = std::iter::once(&self.slots.resident).chain(&self.slots.other_residents);
        all.find_map(Erased::get)
    }

    /// The loop's value of type `T`, if there is one.
    pub fn get_slot<T: 'static>(&self) -> Option<&T> {
        let mut all = std::iter::once(&self.slots.first).chain(&self.slots.others);
        all.find_map(Untyped::get)
    }

    /// Gives the loop its value of type `T`, and returns the one it had (libuv: `uv_loop_set_data`).
    pub fn set_slot<T: 'static>(&mut self, value: T) -> Option<T> {
        if self.slots.bring_forward::<T>() {
            let first = self.slots.first.get_mut()?;
            return Some(std::mem::replace(first, value));
        }
        self.slots.add_first(value);
        None
    }

    /// Takes the loop's value of type `T` away.
    pub fn take_slot<T: 'static>(&mut self) -> Option<T> {
        if !self.slots.bring_forward::<T>() {
            return None;
        }
        let next = self.slots.others.pop();
        std::mem::replace(
            &mut self.slots.first,
            next.unwrap_or_else(|| Untyped::new(())),
        )
        .into()
    }
}

impl Slots {
    /// Puts the value of type `T` first. False if there is none.
    fn bring_forward<T: 'static>(&mut self) -> bool {
        if self.first.is::<T>() {
            return true;
        }
        let Some(other) = self.others.iter_mut().find(|other| other.is::<T>()) else {
            return false;
        };
        std::mem::swap(&mut self.first, other);
        true
    }

    fn add_first<T: 'static>(&mut self, value: T) {
        let former = std::mem::replace(&mut self.first, Untyped::new(value));
        self.others.push(former);
    }

    /// The value of type `T`, which stands first from now on.
    #[cold]
    fn find_or_make<T: Default + 'static>(&mut self) -> &mut T {
        if !self.bring_forward::<T>() {
            self.add_first(T::default());
        }
        let first = self.first.get_mut();
        first.expect("it was put there just now")
    }

    /// The resident of type `T`, which stands first from now on.
    #[cold]
    fn find_or_make_resident<T: State + Default>(&mut self) -> &mut T {
        let mut others = self.other_residents.iter_mut();
        match others.find(|other| other.get::<T>().is_some()) {
            Some(other) => std::mem::swap(&mut self.resident, other),
            None => {
                let made = Erased::new(T::KIND, T::default());
                let former = std::mem::replace(&mut self.resident, made);
                self.other_residents.push(former);
            }
        }
        let first = self.resident.get_mut();
        first.expect("it was put there just now")
    }
}
