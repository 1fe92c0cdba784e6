//! What Node's environment does around every callback: scopes, ticks, immediates, timeouts, and errors that nobody caught (`node::Environment`).
//!
//! All of it lives in the loop's [slot](uvox_loop::Ctx::resident), so any [`Loop`](uvox_loop::Loop) will do, one inside another host's included. [`Env`] is a
//! loop that ends with the first error that nobody caught.
//!
//! ```
//! use std::{cell::RefCell, rc::Rc};
//! use uvox::env::{self, Env};
//!
//! let seen = Rc::new(RefCell::new(Vec::new()));
//! let add = |what: &'static str| {
//!     let seen = seen.clone();
//!     move |_: &mut uvox::event_loop::Ctx| seen.borrow_mut().push(what)
//! };
//! let mut env = Env::new()?;
//! env::enter(&mut env, |cx| {
//!     env::set_timeout(cx, std::time::Duration::ZERO, add("timeout"));
//!     env::set_immediate(cx, add("immediate"));
//!     env::next_tick(cx, add("tick"));
//!     add("main")(cx);
//! });
//! assert_eq!(*seen.borrow(), ["main", "tick"]);
//! env.run()?;
//! assert_eq!(seen.borrow().len(), 4);
//! # Ok::<(), uvox::Error>(())
//! ```

mod callback;
mod environment;
mod immediate;
mod lists;
mod run;
mod scope;
mod timeout;

pub(crate) use callback::Callback;
pub(crate) use environment::of;
pub use immediate::{Immediate, set_immediate};
pub use run::Env;
pub use scope::{enter, next_tick, on_uncaught, throw, uncaught};
pub(crate) use scope::{enter_held, is_over, next_tick_of, throw_now};
pub use timeout::{Timeout, set_idle_timeout, set_interval, set_timeout};
