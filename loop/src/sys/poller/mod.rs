//! The kernel's readiness queue, behind one small interface: `Poller`.
//!
//! Each of the three has the same methods, and which one is in the build is a matter of configuration alone:
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
//! | `as_fd()` | readable when there are events to wait for |

use crate::ready::Interest;

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

#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    not(uvox_kqueue),
    not(feature = "mio")
))]
mod epoll;
#[cfg(all(
    any(target_os = "linux", target_os = "android"),
    not(uvox_kqueue),
    not(feature = "mio")
))]
pub(crate) use epoll::Poller;
