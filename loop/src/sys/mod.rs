//! The one door to the kernel: every system call of the project is made in this module, and all `unsafe` stands here.
//!
//! The functions are thin and safe: descriptors come in as `BorrowedFd`, go out as `OwnedFd`, and failures are an
//! [`Errno`]. A call that a signal interrupts is made again, here and only here. Since there is one door, one hook on it
//! gives the [trace](crate::trace) its system calls with their results, and tests their [faults](fault).

#![allow(unsafe_code, reason = "this is the one place for it")]

pub(crate) mod call;
mod clock;
mod erased;
mod errno;
#[doc(hidden)]
pub mod fault;
mod fd;
pub(crate) mod poller;
pub(crate) mod resolve;
pub(crate) mod signal;
mod thread;
mod waker;

pub use clock::hrtime;
pub use errno::Errno;
pub use fd::{close, descriptor_is_open, set_nonblocking};

pub(crate) use erased::Erased;
pub(crate) use fd::set_nonblocking_raw;
pub(crate) use thread::spawn_thread;
pub(crate) use waker::Waker;
