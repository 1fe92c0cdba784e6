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
        let of = TypeId::of::<T>();
        let slots = &mut self.slots.0;
        let at = match slots.iter().position(|(id, _)| *id == of) {
            Some(at) => at,
            None => {
                slots.push((of, Box::new(T::default())));
                slots.len() - 1
            }
        };
        slots[at]
            .1
            .downcast_mut()
            .expect("a slot holds a value of the type it is filed under")
    }
}
