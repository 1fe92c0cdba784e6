//! `epoll(7)`, by hand.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;

use super::{Mode, NOBODY};
use crate::ready::{Interest, Ready};
use crate::sys::Errno;
use crate::sys::call::{NO_FD, call, call_once};

/// Everything, edge-triggered. `EPOLLPRI` is there because `recv` stops at the mark of urgent data: after it, a short read
/// does not mean that the socket is empty.
const EDGE: u32 =
    (libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLRDHUP | libc::EPOLLPRI | libc::EPOLLET) as u32;

#[derive(Debug)]
pub(crate) struct Poller {
    epoll: OwnedFd,
    events: Vec<libc::epoll_event>,
    /// Whether the kernel has `epoll_pwait2`, whose timeout is exact; assumed until it says no.
    exact: bool,
}

/// The kernel's own timespec, which has 64 bits for each on every system; the C library's may have less.
#[repr(C)]
struct KernelTimespec {
    seconds: i64,
    nanoseconds: i64,
}

impl Poller {
    pub(crate) const NAME: &'static str = "epoll";

    pub(crate) fn new(events: usize) -> Result<Poller, Errno> {
        let fd = call("epoll_create1", NO_FD, |_| {
            // SAFETY: takes its argument by value.
            unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) as isize }
        })?;
        // SAFETY: the kernel just made this descriptor for us.
        let epoll = unsafe { OwnedFd::from_raw_fd(fd as i32) };
        Ok(Poller {
            epoll,
            events: vec![libc::epoll_event { events: 0, u64: 0 }; events],
            exact: true,
        })
    }

    pub(crate) fn add(&mut self, fd: RawFd, token: u64, mode: Mode) -> Result<(), Errno> {
        self.control(libc::EPOLL_CTL_ADD, fd, token, mode)
    }

    pub(crate) fn change(&mut self, fd: RawFd, token: u64, mode: Mode) -> Result<(), Errno> {
        self.control(libc::EPOLL_CTL_MOD, fd, token, mode)
    }

    pub(crate) fn remove(&mut self, fd: RawFd) {
        // Fails only if the descriptor is not registered or not open, and then there is nothing to remove.
        let _ = self.control(libc::EPOLL_CTL_DEL, fd, 0, Mode::Edge);
    }

    fn control(&mut self, operation: i32, fd: RawFd, token: u64, mode: Mode) -> Result<(), Errno> {
        let mut event = libc::epoll_event {
            events: mask(mode),
            u64: token,
        };
        let epoll = self.epoll.as_raw_fd();
        call("epoll_ctl", fd, |_| {
            // SAFETY: the kernel reads one event. `fd` may be any number: one that is not a descriptor is EBADF.
            unsafe { libc::epoll_ctl(epoll, operation, fd, &mut event) as isize }
        })?;
        Ok(())
    }

    /// `EINTR` is the caller's to judge: the time has to be taken again.
    #[inline]
    pub(crate) fn wait(&mut self, timeout: Option<u64>) -> Result<usize, Errno> {
        match timeout {
            None => self.wait_ms(-1),
            Some(0) => self.wait_ms(0),
            Some(ns) => self.wait_ns(ns),
        }
    }

    fn wait_ns(&mut self, ns: u64) -> Result<usize, Errno> {
        if self.exact {
            match self.wait_exactly(ns) {
                // Sandboxes that do not know the call say EPERM, which it does not say itself.
                Err(Errno::ENOSYS | Errno::EPERM) => self.exact = false,
                result => return result,
            }
        }
        // Rounded up: a loop that wakes early would find nothing due, and turn in vain.
        self.wait_ms(ns.div_ceil(1_000_000).min(i32::MAX as u64) as i32)
    }

    fn wait_ms(&mut self, timeout: i32) -> Result<usize, Errno> {
        let (epoll, events, room) = (
            self.epoll.as_raw_fd(),
            self.events.as_mut_ptr(),
            self.events.len() as i32,
        );
        call_once("epoll_wait", NO_FD, |_| {
            // SAFETY: the kernel writes at most `room` events, which is the length of the vector they go to.
            unsafe { libc::epoll_wait(epoll, events, room, timeout) as isize }
        })
    }

    fn wait_exactly(&mut self, ns: u64) -> Result<usize, Errno> {
        let timeout = KernelTimespec {
            seconds: (ns / 1_000_000_000) as i64,
            nanoseconds: (ns % 1_000_000_000) as i64,
        };
        let (epoll, events, room) = (
            self.epoll.as_raw_fd(),
            self.events.as_mut_ptr(),
            self.events.len() as i32,
        );
        call_once("epoll_pwait2", NO_FD, |_| {
            // SAFETY: the kernel reads one `__kernel_timespec` and writes at most `room` events; there is no signal mask. Called by
            // number, because C libraries got it years after the kernel (5.11).
            unsafe {
                let no_mask = ptr::null::<libc::sigset_t>();
                libc::syscall(
                    libc::SYS_epoll_pwait2,
                    epoll,
                    events,
                    room,
                    &raw const timeout,
                    no_mask,
                    0usize,
                ) as isize
            }
        })
    }

    #[inline]
    pub(crate) fn event(&self, i: usize) -> (u64, Ready) {
        let event = self.events[i];
        (event.u64, said(event.events))
    }

    /// Nobody gets the i-th event any more.
    pub(crate) fn blank(&mut self, i: usize) {
        self.events[i].u64 = NOBODY;
    }

    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.epoll.as_fd()
    }
}

fn mask(mode: Mode) -> u32 {
    let interest = match mode {
        Mode::Edge => return EDGE,
        Mode::Wake => return (libc::EPOLLIN | libc::EPOLLET) as u32,
        Mode::Level(interest) => interest,
    };
    let mut mask = 0;
    for (wanted, bit) in [
        (Interest::READABLE, libc::EPOLLIN),
        (Interest::WRITABLE, libc::EPOLLOUT),
        (Interest::DISCONNECT, libc::EPOLLRDHUP),
        (Interest::PRIORITIZED, libc::EPOLLPRI),
    ] {
        if interest.contains(wanted) {
            mask |= bit as u32;
        }
    }
    mask
}

/// What the kernel said, in our words: a mask and a shift, because it runs once for every event. Our bits are epoll's, but for
/// the one that does not fit into a byte.
#[inline]
fn said(bits: u32) -> Ready {
    const SHIFT: u32 = 8;
    const _: () = assert!(
        libc::EPOLLIN == 1
            && libc::EPOLLPRI == 2
            && libc::EPOLLOUT == 4
            && libc::EPOLLERR == 8
            && libc::EPOLLHUP == 16
            && libc::EPOLLRDHUP == 32 << SHIFT
    );
    Ready::from_bits((bits & 0b1_1111 | bits >> SHIFT & 0b10_0000) as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_keeps_its_meaning() {
        for (theirs, ours) in [
            (libc::EPOLLIN, Ready::READABLE),
            (libc::EPOLLPRI, Ready::PRIORITY),
            (libc::EPOLLOUT, Ready::WRITABLE),
            (libc::EPOLLERR, Ready::ERROR),
            (libc::EPOLLHUP, Ready::HANG_UP),
            (libc::EPOLLRDHUP, Ready::READ_CLOSED),
            (libc::EPOLLRDNORM, Ready::NONE),
        ] {
            assert_eq!(said(theirs as u32), ours);
        }
    }
}
