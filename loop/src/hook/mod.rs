//! Callbacks that run in every turn: idle, prepare and check (`loop-watcher.c`).

mod list;

pub(crate) use list::HookList;

use std::fmt;

use crate::kind::{Kind, State};
use crate::phase::Phase;
use crate::sys::Errno;
use crate::{Ctx, Handle, Key, emit, trace};

/// Declares one of the three types, which differ in their name and phase alone.
macro_rules! hook {
    ($(#[$doc:meta])* $name:ident, $kind_name:literal, $list:ident, $phase:ident, $state:ident, $kind:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash)]
        pub struct $name(Handle<$state>);

        #[derive(Debug)]
        pub(crate) struct $state {
            /// Where it stands in its phase's list, while it is active.
            place: Option<usize>,
        }

        static $kind: Kind<$state> = Kind::new($kind_name).on_stop(|cx, key| {
            let stopped = $name(Handle::from_key(key)).stop(cx);
            debug_assert_eq!(stopped, Ok(()));
        });

        impl State for $state {
            const KIND: &'static Kind<$state> = &$kind;
        }

        impl $name {
            /// A handle that is not started.
            #[track_caller]
            pub fn new(cx: &mut Ctx) -> $name {
                $name(cx.insert($state { place: None }))
            }

            /// Runs `callback` in every turn from the next time the loop comes to this phase. Of several, the one started
            /// last runs first. Starting one that is active changes nothing, its callback included, as in libuv.
            ///
            /// # Errors
            ///
            /// `EBADF` if the handle is gone, `EINVAL` if it is closing.
            pub fn start(
                self,
                cx: &mut Ctx,
                callback: impl FnMut(&mut Ctx, $name) + 'static,
            ) -> Result<(), Errno> {
                if cx.open_state(self.0)?.place.is_some() {
                    return Ok(());
                }
                let place = cx.$list.insert(self.0.key(), Box::new(callback));
                cx.open_state(self.0)?.place = Some(place);
                cx.set_active(self.0, true)
            }

            /// Ends that. Stopping one that is not active changes nothing.
            ///
            /// # Errors
            ///
            /// `EBADF` if the handle is gone.
            pub fn stop(self, cx: &mut Ctx) -> Result<(), Errno> {
                let state = cx.state_mut(self.0).ok_or(Errno::EBADF)?;
                let Some(place) = state.place.take() else { return Ok(()) };
                let callback = cx.$list.remove(place);
                let stopped = cx.set_active(self.0, false);
                // Last, for what it captured may panic.
                drop(callback);
                stopped
            }

            /// The phase: runs those that are started, the latest first.
            #[inline]
            pub(crate) fn run_all(cx: &mut Ctx) {
                if !cx.$list.has_no_places() {
                    Self::run_each(cx);
                }
            }

            #[inline(never)]
            fn run_each(cx: &mut Ctx) {
                if cx.$list.is_empty() {
                    // Those that were started and stopped since the last turn left gaps.
                    cx.$list.close_gaps();
                    return;
                }
                cx.enter_phase(Phase::$phase);
                cx.run_hooks(
                    |cx| &mut cx.$list,
                    |cx, callback, key| {
                        let hook = $name(Handle::from_key(key));
                        let _cause = emit!(Loop, "hook" @ hook, kind = $kind_name).map(trace::cause);
                        callback(cx, hook);
                    },
                );
                for (place, key) in cx.$list.close_gaps() {
                    if let Some(state) = cx.state_mut(Handle::<$state>::from_key(key)) {
                        state.place = Some(place);
                    }
                }
            }
        }

        impl From<$name> for Key {
            fn from(handle: $name) -> Key {
                handle.0.key()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.key())
            }
        }
    };
}

/// What a hook calls.
pub(crate) type OnHook<H> = dyn FnMut(&mut Ctx, H);

hook! {
    /// A callback in every turn, before the prepare phase (`uv_idle_t`). While one is active the loop does not wait for anything,
    /// so despite its name it keeps the loop busy.
    Idle, "idle", idle, Idle, IdleState, IDLE
}

hook! {
    /// A callback in every turn, right before the loop waits (`uv_prepare_t`).
    Prepare, "prepare", prepare, Prepare, PrepareState, PREPARE
}

hook! {
    /// A callback in every turn, right after the loop waited and what it waited for was handled (`uv_check_t`). Node's
    /// immediates are one of these.
    Check, "check", check, Check, CheckState, CHECK
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Loop, RunMode};

    #[test]
    fn hooks_that_never_ran_leave_no_gaps() {
        let mut lp = Loop::new().unwrap();
        let hook = Idle::new(&mut lp);
        for _ in 0..1_000 {
            hook.start(&mut lp, |_, _| ()).unwrap();
            hook.stop(&mut lp).unwrap();
        }
        // Something to turn for.
        lp.begin_request();
        lp.run(RunMode::NoWait).unwrap();
        hook.start(&mut lp, |_, _| ()).unwrap();
        assert_eq!(lp.state(hook.0).unwrap().place, Some(0));
    }
}
