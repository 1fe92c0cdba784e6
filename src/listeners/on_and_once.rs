//! Methods that add listeners, all made alike.

/// The two methods that add a listener of an event that comes alone: `on_…` and `once_…`. `$state` is the method that finds the listeners' owner, `$place` the
/// way from there to them.
macro_rules! on_and_once {
    ($of:ident, $state:ident, $($place:ident).+, $on:ident, $once:ident, $what:literal $(, $name:ident: $argument:ty)*) => {
        #[doc = $what]
        pub fn $on(
            self,
            cx: &mut uvox_loop::Ctx,
            f: impl FnMut(&mut uvox_loop::Ctx, $of $(, $argument)*) + 'static,
        ) -> $crate::listeners::ListenerId {
            match self.$state(cx) {
                Some(state) => state.$($place).+.add(Box::new(f)),
                None => $crate::listeners::ListenerId::next(),
            }
        }

        #[doc = concat!("The same, once: see [`", stringify!($on), "`](", stringify!($of), "::", stringify!($on), ").")]
        pub fn $once(
            self,
            cx: &mut uvox_loop::Ctx,
            f: impl FnOnce(&mut uvox_loop::Ctx, $of $(, $argument)*) + 'static,
        ) -> $crate::listeners::ListenerId {
            let mut f = Some(f);
            let once = move |cx: &mut uvox_loop::Ctx, of: $of $(, $name: $argument)*| {
                if let Some(f) = f.take() {
                    f(cx, of $(, $name)*);
                }
            };
            match self.$state(cx) {
                Some(state) => state.$($place).+.add_once(Box::new(once)),
                None => $crate::listeners::ListenerId::next(),
            }
        }
    };
}

pub(crate) use on_and_once;
