//! The host's own data, one of each type.

use std::any::{Any, TypeId};

use crate::Ctx;

/// A few values, told apart by their types. A list, not a map: there are a handful, and the first is asked for most.
#[derive(Default)]
pub(crate) struct Slots(Vec<(TypeId, Box<dyn Any>)>);

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
        let at = match self.slots.find(TypeId::of::<T>()) {
            Some(at) => at,
            None => self.slots.add(T::default()),
        };
        self.slots.get_mut(at)
    }

    /// The loop's value of type `T`, if there is one.
    #[inline]
    pub fn get_slot<T: 'static>(&self) -> Option<&T> {
        let at = self.slots.find(TypeId::of::<T>())?;
        self.slots.0[at].1.downcast_ref()
    }

    /// Gives the loop its value of type `T`, and returns the one it had (libuv: `uv_loop_set_data`).
    pub fn set_slot<T: 'static>(&mut self, value: T) -> Option<T> {
        match self.slots.find(TypeId::of::<T>()) {
            Some(at) => Some(std::mem::replace(self.slots.get_mut(at), value)),
            None => {
                self.slots.add(value);
                None
            }
        }
    }

    /// Takes the loop's value of type `T` away.
    pub fn take_slot<T: 'static>(&mut self) -> Option<T> {
        let at = self.slots.find(TypeId::of::<T>())?;
        let (_, value) = self.slots.0.swap_remove(at);
        value.downcast().ok().map(|value| *value)
    }
}

impl Slots {
    #[inline]
    fn find(&self, of: TypeId) -> Option<usize> {
        self.0.iter().position(|(id, _)| *id == of)
    }

    fn add<T: 'static>(&mut self, value: T) -> usize {
        self.0.push((TypeId::of::<T>(), Box::new(value)));
        self.0.len() - 1
    }

    #[inline]
    fn get_mut<T: 'static>(&mut self, at: usize) -> &mut T {
        let value = self.0[at].1.downcast_mut();
        value.expect("a slot holds a value of the type it is filed under")
    }
}
