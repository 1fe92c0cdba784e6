//! `kevent(2)` on Linux: what `libkqueue` offers, declared by hand, and what it needs that a kernel does not.
//!
//! It is there so that the code that a Mac runs is run on Linux, for tests. The other files of this poller know nothing of
//! it but for [`Dropped`].

#![allow(non_camel_case_types, reason = "as the C headers name it")]

use std::os::fd::RawFd;

use super::{Poller, Trigger};
use crate::ready::Ready;
use crate::sys::call::{NO_FD, call};

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(super) struct kevent {
    pub(super) ident: libc::uintptr_t,
    pub(super) filter: i16,
    pub(super) flags: u16,
    pub(super) fflags: u32,
    pub(super) data: libc::intptr_t,
    pub(super) udata: *mut libc::c_void,
}

pub(super) const EVFILT_READ: i16 = -1;
pub(super) const EVFILT_WRITE: i16 = -2;

pub(super) const EV_ADD: u16 = 0x0001;
pub(super) const EV_DELETE: u16 = 0x0002;
pub(super) const EV_ENABLE: u16 = 0x0004;
pub(super) const EV_CLEAR: u16 = 0x0020;
pub(super) const EV_RECEIPT: u16 = 0x0040;
pub(super) const EV_ERROR: u16 = 0x4000;
pub(super) const EV_EOF: u16 = 0x8000;

unsafe extern "C" {
    pub(super) fn kqueue() -> libc::c_int;
    pub(super) fn kevent(
        kq: libc::c_int,
        changelist: *const kevent,
        nchanges: libc::c_int,
        eventlist: *mut kevent,
        nevents: libc::c_int,
        timeout: *const libc::timespec,
    ) -> libc::c_int;
    fn libkqueue_drain_pending_close();
}

/// The most events that libkqueue asks epoll for.
const MOST: usize = 512;

/// Events that libkqueue may have dropped.
///
/// It asks epoll for as many events as there is room for, though each may become two, one for each filter; what has no room
/// then is lost, and the edge does not come again. So after a full wait every edge-triggered descriptor is suspect. They are
/// asked with `poll(2)`, and those that are ready are reported, once more perhaps, before the next wait.
#[derive(Debug, Default)]
pub(super) struct Dropped {
    /// The next suspect.
    next: Option<RawFd>,
}

impl Drop for Dropped {
    /// A queue that was closed keeps descriptors of its own until a thread of libkqueue notices. This waits for that.
    fn drop(&mut self) {
        // SAFETY: takes nothing; it locks and unlocks what is libkqueue's own.
        unsafe { libkqueue_drain_pending_close() }
    }
}

impl Poller {
    /// Takes note of how many events a wait gave.
    pub(super) fn suspect(&mut self, count: usize) {
        if count >= self.events.len().min(MOST) {
            self.dropped.next = Some(0);
        }
    }

    /// Puts the events that may have been dropped in place of what was said; none if there is no suspect left.
    pub(super) fn recover(&mut self) {
        self.said.clear();
        while let Some(from) = self.dropped.next {
            let suspects: Vec<(RawFd, u64)> = self
                .watched
                .from(from)
                .filter(|(_, watched)| watched.filters.contains(&Some(Trigger::Edge)))
                .map(|(fd, watched)| (fd, watched.token))
                .take(self.events.len())
                .collect();
            self.dropped.next = suspects.last().map(|(fd, _)| fd + 1);
            self.said = ready(&suspects);
            if !self.said.is_empty() {
                break;
            }
        }
    }
}

/// Which of those descriptors are ready, and how.
fn ready(suspects: &[(RawFd, u64)]) -> Vec<(u64, Ready)> {
    let mut asked: Vec<libc::pollfd> = suspects
        .iter()
        .map(|(fd, _)| libc::pollfd {
            fd: *fd,
            events: libc::POLLIN | libc::POLLOUT | libc::POLLRDHUP,
            revents: 0,
        })
        .collect();
    let polled = call("poll", NO_FD, |_| {
        // SAFETY: the kernel reads and writes as many entries as the vector has.
        unsafe { libc::poll(asked.as_mut_ptr(), asked.len() as libc::nfds_t, 0) as isize }
    });
    if polled.unwrap_or(0) == 0 {
        return Vec::new();
    }
    let said = |bits: i16| {
        let mut ready = Ready::NONE;
        for (theirs, ours) in [
            (libc::POLLIN, Ready::READABLE),
            (libc::POLLOUT, Ready::WRITABLE),
            (libc::POLLRDHUP, Ready::READABLE | Ready::READ_CLOSED),
            (libc::POLLHUP, Ready::READ_CLOSED | Ready::HANG_UP),
            (libc::POLLERR, Ready::ERROR),
        ] {
            if bits & theirs != 0 {
                ready |= ours;
            }
        }
        ready
    };
    let answers = suspects.iter().zip(&asked);
    answers
        .map(|((_, token), answer)| (*token, said(answer.revents)))
        .filter(|(_, ready)| !ready.is_empty())
        .collect()
}
