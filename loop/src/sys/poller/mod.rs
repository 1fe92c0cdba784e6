//! The kernel's readiness queue, behind one small interface: `Poller`.
//!
//! Each of the three has the same methods, and which one is in the build is a matter of configuration alone. The crate's build
//! script makes the choice and states it as `cfg(poller)`: `mio` if the feature of that name is on; else `epoll` on Linux and
//! Android; else `kqueue` on Apple's systems and the BSDs, and on Linux with `--cfg uvox_kqueue`.
//!
//! | method | does |
//! | --- | --- |
//! | `NAME` | what [`Loop::backend_name`](crate::Loop::backend_name) says |
//! | `new(events)` | an empty queue that reports up to so many events a wait |
//! | `add(fd, token, mode)` | starts to watch a descriptor |
//! | `change(fd, token, mode)` | watches one it already watches in another mode |
//! | `remove(fd)` | forgets it, before it is closed |
//! | `wait(timeout)` | waits up to so many nanoseconds (`None`: for ever), and returns the number of events |
//! | `event(i)` | the i-th of them: the token, and what the kernel said |
//! | `blank(i)` | makes the i-th nobody's: its token is that of no handle |
//! | `as_fd()` | readable when there are events to wait for |
//!
//! All of them refuse alike: `EBADF` for a number that is no open descriptor, `EPERM` for a file or a directory, `EEXIST` for a
//! descriptor that is watched already.

use crate::ready::Interest;

/// The token of no handle.
const NOBODY: u64 = u64::MAX - 1;

/// How a descriptor is watched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Edge-triggered, for everything, once and for all.
    Edge,
    /// Level-triggered, for these conditions only.
    Level(Interest),
    /// Edge-triggered, for reading alone: the loop's own wake-up, which is always writable and must not say so.
    Wake,
}

#[cfg(any(poller = "kqueue", poller = "mio"))]
mod by_descriptor;

#[cfg(poller = "epoll")]
mod epoll;
#[cfg(poller = "epoll")]
pub(crate) use epoll::Poller;

#[cfg(poller = "kqueue")]
mod kqueue;
#[cfg(poller = "kqueue")]
pub(crate) use kqueue::Poller;
#[cfg(libkqueue)]
pub(super) use kqueue::stolen;

#[cfg(poller = "mio")]
mod mio;
#[cfg(poller = "mio")]
pub(crate) use mio::Poller;

#[cfg(poller = "none")]
compile_error!("uvox-loop has no poller of its own for this system: enable the feature `mio`");
