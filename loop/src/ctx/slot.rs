//! The host's own data, one of each type.

use crate::Ctx;
use crate::sys::Untyped;

/// A few values, told apart by their types. A list, not a map: there are a handful, and the one that was asked for last stands first.
#[derive(Default)]
pub(crate) struct Slots(Vec<Untyped>);

impl std::fmt::Debug for Slots {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Slots({})", self.0.len())
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
        if !self.slots.is_first::<T>() && !self.slots.bring_forward::<T>() {
            self.slots.add_first(T::default());
        }
        self.slots.first_mut()
    }

    /// The loop's value of type `T`, if there is one.
    pub fn get_slot<T: 'static>(&self) -> Option<&T> {
        self.slots.0.iter().find_map(Untyped::get)
    }

    /// Gives the loop its value of type `T`, and returns the one it had (libuv: `uv_loop_set_data`).
    pub fn set_slot<T: 'static>(&mut self, value: T) -> Option<T> {
        if self.slots.bring_forward::<T>() {
            return Some(std::mem::replace(self.slots.first_mut(), value));
        }
        self.slots.add_first(value);
        None
    }

    /// Takes the loop's value of type `T` away.
    pub fn take_slot<T: 'static>(&mut self) -> Option<T> {
        let at = self.slots.0.iter().position(Untyped::is::<T>)?;
        self.slots.0.swap_remove(at).into()
    }
}

impl Slots {
    #[inline]
    fn is_first<T: 'static>(&self) -> bool {
        self.0.first().is_some_and(Untyped::is::<T>)
    }

    /// Puts the value of type `T` first. False if there is none.
    #[cold]
    fn bring_forward<T: 'static>(&mut self) -> bool {
        let at = self.0.iter().position(Untyped::is::<T>);
        at.map(|at| self.0.swap(0, at)).is_some()
    }

    fn add_first<T: 'static>(&mut self, value: T) {
        self.0.push(Untyped::new(value));
        let last = self.0.len() - 1;
        self.0.swap(0, last);
    }

    /// The first, which is a `T`.
    #[inline]
    fn first_mut<T: 'static>(&mut self) -> &mut T {
        let value = self.0.first_mut().and_then(Untyped::get_mut);
        value.expect("the value was brought forward just now")
    }
}
