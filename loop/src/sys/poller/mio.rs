//! The portable poller: `mio`, for systems that have neither epoll nor kqueue, and as a cross-check for the two.
//!
//! mio is edge-triggered only. A descriptor that is watched level-triggered is registered anew as soon as it was reported for what it is
//! watched for: that makes the kernel look again at the next wait, and report again what is still the case.
//!
//! Tokens are descriptors' numbers, because a `usize` may be too narrow for a key. mio makes its system calls itself; each of
//! its functions goes through the door in their place, and is traced under its own name: `mio_poll`, `mio_register`,
//! `mio_reregister`, `mio_deregister`.

use std::fmt;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};
use std::time::Duration;

use mio::event::Event;
use mio::unix::SourceFd;
use mio::{Events, Poll, Token};

use super::by_descriptor::{ByDescriptor, check};
use super::{Mode, NOBODY};
use crate::ready::{Interest, Ready};
use crate::sys::Errno;
use crate::sys::call::{NO_FD, call, call_once};

pub(crate) struct Poller {
    poll: Poll,
    events: Events,
    /// The events of the last wait, in our words.
    said: Vec<(u64, Ready)>,
    watched: ByDescriptor<Watched>,
}

#[derive(Clone, Copy)]
struct Watched {
    token: u64,
    mode: Mode,
}

/// Whether mio tells of urgent data. Where it does not, `recv` may stop at its mark and nobody told: then a short read proves
/// nothing, and every readable descriptor has to be read until `EAGAIN`.
const URGENT_TOLD: bool = cfg!(any(target_os = "linux", target_os = "android"));

impl Poller {
    pub(crate) const NAME: &'static str = "mio";

    pub(crate) fn new(events: usize) -> Result<Poller, Errno> {
        Ok(Poller {
            poll: Poll::new()?,
            events: Events::with_capacity(events),
            said: Vec::with_capacity(events),
            watched: ByDescriptor::new(),
        })
    }

    pub(crate) fn add(&mut self, fd: RawFd, token: u64, mode: Mode) -> Result<(), Errno> {
        check(fd)?;
        if let Some(watched) = self.watched.get(fd)
            && self.reregister(fd, watched.mode) != Err(Errno::ENOENT)
        {
            return Err(Errno::EEXIST);
        }
        self.register(fd, mode)?;
        self.watched.insert(fd, Watched { token, mode });
        Ok(())
    }

    pub(crate) fn change(&mut self, fd: RawFd, token: u64, mode: Mode) -> Result<(), Errno> {
        let watched = self.watched.get(fd).ok_or(Errno::ENOENT)?;
        match (interest(watched.mode), interest(mode)) {
            (Some(_), Some(_)) => self.reregister(fd, mode)?,
            (Some(_), None) => self.deregister(fd)?,
            (None, _) => self.register(fd, mode)?,
        }
        self.watched.insert(fd, Watched { token, mode });
        Ok(())
    }

    pub(crate) fn remove(&mut self, fd: RawFd) {
        if self.watched.remove(fd).is_some() {
            // Fails only if the descriptor is not registered or not open, and then there is nothing to remove.
            let _ = self.deregister(fd);
        }
    }

    fn register(&self, fd: RawFd, mode: Mode) -> Result<(), Errno> {
        let Some(interest) = interest(mode) else {
            return Ok(());
        };
        control("mio_register", fd, || {
            self.poll
                .registry()
                .register(&mut SourceFd(&fd), Token(fd as usize), interest)
        })
    }

    fn reregister(&self, fd: RawFd, mode: Mode) -> Result<(), Errno> {
        let Some(interest) = interest(mode) else {
            return Ok(());
        };
        control("mio_reregister", fd, || {
            self.poll
                .registry()
                .reregister(&mut SourceFd(&fd), Token(fd as usize), interest)
        })
    }

    fn deregister(&self, fd: RawFd) -> Result<(), Errno> {
        control("mio_deregister", fd, || {
            self.poll.registry().deregister(&mut SourceFd(&fd))
        })
    }

    /// `EINTR` is the caller's to judge: the time has to be taken again.
    pub(crate) fn wait(&mut self, timeout: Option<u64>) -> Result<usize, Errno> {
        let timeout = timeout.map(Duration::from_nanos);
        self.said.clear();
        call_once("mio_poll", NO_FD, |_| {
            let polled = self.poll.poll(&mut self.events, timeout);
            outcome(polled.map(|()| self.events.iter().count()))
        })?;
        for event in &self.events {
            let fd = event.token().0 as RawFd;
            let Some(watched) = self.watched.get(fd) else {
                continue;
            };
            let ready = said(event, watched.mode);
            self.said.push((watched.token, ready));
            if let Mode::Level(interest) = watched.mode
                && is_wanted(ready, interest)
            {
                // Fails only if the descriptor was closed behind our back, and then there is no more to be said of it.
                let _ = self.reregister(fd, watched.mode);
            }
        }
        Ok(self.said.len())
    }

    #[inline]
    pub(crate) fn event(&self, i: usize) -> (u64, Ready) {
        self.said[i]
    }

    /// Nobody gets the i-th event any more.
    pub(crate) fn blank(&mut self, i: usize) {
        self.said[i].0 = NOBODY;
    }

    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        // SAFETY: the descriptor is open as long as `poll` lives, which the result borrows.
        unsafe { BorrowedFd::borrow_raw(self.poll.as_raw_fd()) }
    }
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poller")
            .field("poll", &self.poll)
            .field("events", &self.events.capacity())
            .finish_non_exhaustive()
    }
}

/// One of mio's functions, through the door.
fn control(
    name: &'static str,
    fd: RawFd,
    mut f: impl FnMut() -> io::Result<()>,
) -> Result<(), Errno> {
    call(name, fd, |_| outcome(f().map(|()| 0)))?;
    Ok(())
}

/// A result in the form that the door takes: what a system call returns.
fn outcome(result: io::Result<usize>) -> isize {
    match result {
        Ok(count) => count as isize,
        Err(error) => {
            Errno::from(error).store();
            -1
        }
    }
}

/// What mio is asked for, if it can be.
fn interest(mode: Mode) -> Option<mio::Interest> {
    let asked = match mode {
        Mode::Edge => Interest::READABLE | Interest::WRITABLE | Interest::PRIORITIZED,
        Mode::Wake => Interest::READABLE,
        Mode::Level(interest) => interest,
    };
    [
        (Interest::READABLE, Some(mio::Interest::READABLE)),
        (Interest::DISCONNECT, Some(mio::Interest::READABLE)),
        (Interest::WRITABLE, Some(mio::Interest::WRITABLE)),
        (Interest::PRIORITIZED, PRIORITY),
    ]
    .into_iter()
    .filter(|(ours, _)| asked.contains(*ours))
    .filter_map(|(_, theirs)| theirs)
    .reduce(|a, b| a | b)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const PRIORITY: Option<mio::Interest> = Some(mio::Interest::PRIORITY);
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const PRIORITY: Option<mio::Interest> = None;

/// What an event says, in our words.
fn said(event: &Event, mode: Mode) -> Ready {
    let (read_ended, write_ended) = (event.is_read_closed(), event.is_write_closed());
    let untold = !URGENT_TOLD && mode == Mode::Edge && event.is_readable();
    let mut ready = Ready::NONE;
    for (theirs, ours) in [
        (event.is_readable(), Ready::READABLE),
        (event.is_writable() || write_ended, Ready::WRITABLE),
        (event.is_priority() || untold, Ready::PRIORITY),
        (read_ended, Ready::READ_CLOSED),
        (read_ended && write_ended, Ready::HANG_UP),
        (event.is_error(), Ready::ERROR),
    ] {
        if theirs {
            ready |= ours;
        }
    }
    ready
}

/// Whether an event is about what a level-triggered descriptor is watched for. Data on one that is watched for the disconnection
/// alone is not, and would be reported in every turn if nobody read it.
fn is_wanted(ready: Ready, interest: Interest) -> bool {
    ready.intersects(Ready::HANG_UP | Ready::ERROR) || !ready.matching(interest).is_empty()
}
