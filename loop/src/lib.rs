//! The event loop of uvox: libuv's, in Rust.
//!
//! This crate owns the loop and all that is not a stream: handles and where their state lives, the phases of a turn, readiness,
//! timers, wake-ups from other threads, signals, worker threads, embedding in a host's own loop. It is also the only door to the
//! kernel: every system call of the project is made in [`sys`].
//!
//! It deliberately does not know what a stream is, nor TCP, nor datagrams, nor Node's ticks and named events. Those are built on it by
//! way of [`Kind`] and [`State`], with nothing but what is public here.
//!
//! ```
//! use std::time::Duration;
//! use uvox_loop::{Loop, RunMode, Timer};
//!
//! let mut lp = Loop::new()?;
//! let timer = Timer::new(&mut lp);
//! timer.start(&mut lp, Duration::from_millis(5), Duration::ZERO, |cx, timer| {
//!     println!("five milliseconds later");
//!     cx.close(timer, |_| println!("closed")).unwrap();
//! })?;
//! lp.run(RunMode::Default)?; // until nothing is left to wait for
//! # Ok::<(), uvox_loop::Errno>(())
//! ```
//!
//! # Ownership
//!
//! The [`Loop`] owns every handle's state in one table. A handle is a `Copy` name, a [`Key`] with a type around it; callbacks get `&mut`
//! [`Ctx`], which is the loop without the power to run or drop it. To use a handle is to resolve it, which fails
//! cleanly if it is gone. So nothing is shared, nothing leaks in cycles, and a callback may close whatever it likes.

mod budgets;
mod builder;
mod busy;
mod callback;
mod closing;
mod ctx;
mod embed;
mod hook;
mod key;
mod kind;
mod metrics;
mod phase;
mod poll;
mod ready;
mod run;
mod signal;
mod sizes;
pub mod sys;
mod table;
mod timer;
pub mod trace;
mod turn;
mod wake;
mod workers;

pub use budgets::{
    ACCEPTS_PER_TURN, Budgets, DATAGRAMS_PER_TURN, EVENTS_PER_TURN, QUEUE_PASSES_PER_TURN,
    READ_BYTES_PER_TURN, READS_PER_TURN, SIGNALS_PER_TURN,
};
pub use builder::Builder;
pub use busy::BusyLoop;
pub use callback::Callback;
pub use ctx::{Ctx, HandleInfo, Refused, Scratch};
pub use hook::{Check, Idle, Prepare};
pub use key::{Handle, Key};
pub use kind::{Kind, State};
pub use metrics::MetricsInfo;
pub use phase::{Phase, RunMode};
pub use poll::Poll;
pub use ready::{Interest, Ready};
pub use run::Loop;
pub use signal::Signal;
pub use sizes::handle_sizes;
pub use sys::Errno;
pub use sys::resolve::{AddrHints, AddrInfo, NameInfo};
pub use table::Parts;
pub use timer::Timer;
pub use wake::{Async, AsyncSender};
pub use workers::{Work, WorkError};
