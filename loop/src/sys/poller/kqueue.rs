//! `kqueue(2)`, by hand: macOS and its kin, the BSDs, and on Linux, for tests, `libkqueue`.
//!
//! # Edges
//!
//! Edge-triggered is `EV_CLEAR` on the filters for reading and writing, and on the one for urgent data where there is one. Of these a
//! descriptor need not support all: one end of a pipe may refuse the filter for the other direction. `EPIPE`, which some
//! systems say of a pipe whose other end is gone, is no failure: the hang-up is still reported.
//!
//! # What the kernel says
//!
//! kqueue speaks of each direction by itself. That the peer will send no more is `EV_EOF` on the filter for reading. `EV_EOF` on the one for
//! writing means that writing is over, also because we ended it ourselves; only both together are a [`Ready::HANG_UP`].
//! An error number that comes with either is [`Ready::ERROR`].
//!
//! # Levels
//!
//! [`Interest::DISCONNECT`] without [`Interest::READABLE`] is told by the same filter as data, which would report data that nobody reads
//! in every turn (libuv watches for nothing at all then). So that filter is edge-triggered there: the disconnection is
//! reported once, not in every turn. [`Interest::PRIORITIZED`] is never reported by FreeBSD and NetBSD, which have nothing for it.
//!
//! # On Linux
//!
//! ```sh
//! RUSTFLAGS='--cfg uvox_kqueue' LIBKQUEUE_DIR=<where libkqueue.so is> cargo test --target-dir target/kqueue
//! ```
//!
//! The library makes system calls of its own, which are not traced. It is not a kernel: its queue's descriptor is never readable, so a loop
//! cannot be embedded by that; and it takes errors off sockets in order to report them, which have to be put back (`stolen`).

#[cfg(libkqueue)]
mod libkqueue;
mod native;
#[cfg(libkqueue)]
pub(in crate::sys) mod stolen;

use std::fmt;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::ptr;

use self::native::{Count, Event, Filter, Flags};
use super::by_descriptor::{ByDescriptor, check};
use super::{Mode, NOBODY};
use crate::ready::{Interest, Ready};
use crate::sys::Errno;
use crate::sys::call::{NO_FD, call, call_once};
use crate::sys::fd::set_cloexec;

pub(crate) struct Poller {
    kqueue: OwnedFd,
    events: Vec<Event>,
    /// What the last wait brought, in our words: one entry for each descriptor, though each direction has its event. The
    /// tokens are looked up right after the wait, before a callback can close a descriptor and its number be used again.
    said: Vec<(u64, Ready)>,
    watched: ByDescriptor<Watched>,
    /// Below the queue, because it has to be dropped after it.
    #[cfg(libkqueue)]
    dropped: libkqueue::Dropped,
}

/// What is known of a descriptor that is watched.
struct Watched {
    token: u64,
    mode: Mode,
    filters: Filters,
    /// Whether the last event of each direction said that it ended.
    read_ended: bool,
    write_ended: bool,
    /// Where in `said` it last stood.
    place: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Trigger {
    Edge,
    Level,
}

/// How each of the [`FILTERS`] is registered, if it is.
type Filters = [Option<Trigger>; 3];

/// Writing comes first: libkqueue makes one registration of both, of which the later filter has the last word, and only the one for
/// reading asks for hang-ups.
const FILTERS: [Option<(Filter, u32)>; 3] = [
    Some((native::EVFILT_WRITE, 0)),
    Some((native::EVFILT_READ, 0)),
    native::EXCEPT,
];

/// One entry of a change list.
struct Change {
    fd: RawFd,
    filter: Filter,
    flags: Flags,
    fflags: u32,
}

impl Change {
    const NONE: Change = Change {
        fd: -1,
        filter: native::EVFILT_READ,
        flags: 0,
        fflags: 0,
    };
}

/// Waits are cut to what every system takes: 2³¹ milliseconds, 24 days. A loop that wakes early waits again.
const LONGEST: u64 = i32::MAX as u64 * 1_000_000;

impl Poller {
    pub(crate) const NAME: &'static str = "kqueue";

    pub(crate) fn new(events: usize) -> Result<Poller, Errno> {
        // SAFETY: takes nothing.
        let fd = call("kqueue", NO_FD, |_| unsafe { native::kqueue() as isize })?;
        // SAFETY: the kernel just made this descriptor for us.
        let kqueue = unsafe { OwnedFd::from_raw_fd(fd as i32) };
        set_cloexec(kqueue.as_fd())?;
        Ok(Poller {
            kqueue,
            events: vec![Change::NONE.to_event(); events],
            said: Vec::with_capacity(events),
            watched: ByDescriptor::new(),
            #[cfg(libkqueue)]
            dropped: libkqueue::Dropped::default(),
        })
    }

    pub(crate) fn add(&mut self, fd: RawFd, token: u64, mode: Mode) -> Result<(), Errno> {
        check(fd)?;
        #[cfg(libkqueue)]
        stolen::forget(fd);
        if let Some(watched) = self.watched.get(fd)
            && self.still_there(fd, &watched.filters)
        {
            return Err(Errno::EEXIST);
        }
        let filters = self.apply(fd, [None; 3], wanted(mode))?;
        self.watched.insert(fd, Watched::new(token, mode, filters));
        Ok(())
    }

    pub(crate) fn change(&mut self, fd: RawFd, token: u64, mode: Mode) -> Result<(), Errno> {
        let watched = self.watched.get(fd).ok_or(Errno::ENOENT)?;
        // If it fails, the old filters are still there, or none: the caller removes what is left.
        let filters = self.apply(fd, watched.filters, wanted(mode))?;
        self.watched.insert(fd, Watched::new(token, mode, filters));
        Ok(())
    }

    pub(crate) fn remove(&mut self, fd: RawFd) {
        if let Some(watched) = self.watched.remove(fd) {
            // Fails only if the descriptor is not registered or not open, and then there is nothing to remove.
            let _ = self.apply(fd, watched.filters, [None; 3]);
        }
    }

    /// Whether the kernel still knows the filters of a descriptor: it forgets them when the descriptor is closed behind our back, and
    /// one of the same number is another descriptor then.
    fn still_there(&self, fd: RawFd, filters: &Filters) -> bool {
        let mut registered = FILTERS.iter().zip(filters);
        let Some((Some((filter, fflags)), _)) = registered.find(|(_, on)| on.is_some()) else {
            return true;
        };
        // It is enabled already: this only asks.
        let change = Change {
            fd,
            filter: *filter,
            flags: native::EV_ENABLE,
            fflags: *fflags,
        };
        self.kevent(fd, &[change.to_event()], &mut []) != Err(Errno::ENOENT)
    }

    /// Registers and deregisters filters of a descriptor, in one call, until there are those of `to` in place of those of `from`. Returns
    /// those that are registered then; fails if none of those to be added could be.
    fn apply(&self, fd: RawFd, from: Filters, to: Filters) -> Result<Filters, Errno> {
        // At most, each filter is taken away and put back in another form.
        let mut list = [Change::NONE.to_event(); 2 * FILTERS.len()];
        let mut of = [0; 2 * FILTERS.len()];
        let mut count = 0;
        let mut filters = from;
        for (at, kind) in FILTERS.iter().enumerate() {
            let Some((filter, fflags)) = *kind else {
                continue;
            };
            if from[at] == to[at] {
                continue;
            }
            let mut push = |flags: Flags| {
                let flags = flags | native::EV_RECEIPT;
                let change = Change {
                    fd,
                    filter,
                    flags,
                    fflags,
                };
                (list[count], of[count]) = (change.to_event(), at);
                count += 1;
            };
            if from[at].is_some() {
                push(native::EV_DELETE);
            }
            match to[at] {
                Some(Trigger::Edge) => push(native::EV_ADD | native::EV_CLEAR),
                Some(Trigger::Level) => push(native::EV_ADD),
                None => {}
            }
            filters[at] = to[at];
        }
        if count == 0 {
            return Ok(filters);
        }
        let mut receipts = list;
        self.kevent(fd, &list[..count], &mut receipts[..count])?;
        let mut first_error = None;
        for (i, receipt) in receipts[..count].iter().enumerate() {
            let (added, error) = (list[i].flags & native::EV_ADD != 0, native::error(receipt));
            if added && error != 0 && error != libc::EPIPE {
                filters[of[i]] = None;
                first_error = first_error.or(Some(Errno::from_raw(error)));
            }
        }
        match first_error {
            Some(error) if filters == [None; 3] => Err(error),
            _ => Ok(filters),
        }
    }

    /// Makes changes; each is answered by one receipt. It does not wait, for there is no room for anything else.
    fn kevent(&self, fd: RawFd, changes: &[Event], receipts: &mut [Event]) -> Result<(), Errno> {
        let kqueue = self.kqueue.as_raw_fd();
        call("kevent", fd, |_| {
            // SAFETY: the kernel reads as many changes, and writes at most as many receipts, as the slices have. Changes that
            // were made before a signal interrupted the call may be made again.
            unsafe {
                native::kevent(
                    kqueue,
                    changes.as_ptr(),
                    changes.len() as Count,
                    receipts.as_mut_ptr(),
                    receipts.len() as Count,
                    ptr::null(),
                ) as isize
            }
        })?;
        Ok(())
    }

    /// `EINTR` is the caller's to judge: the time has to be taken again.
    pub(crate) fn wait(&mut self, timeout: Option<u64>) -> Result<usize, Errno> {
        #[cfg(libkqueue)]
        {
            self.recover();
            if !self.said.is_empty() {
                return Ok(self.said.len());
            }
        }
        let timeout = timeout.map(|ns| ns.min(LONGEST)).map(|ns| libc::timespec {
            tv_sec: (ns / 1_000_000_000) as _,
            tv_nsec: (ns % 1_000_000_000) as libc::c_long,
        });
        let timeout = timeout.as_ref().map_or(ptr::null(), ptr::from_ref);
        let (kqueue, events, room) = (
            self.kqueue.as_raw_fd(),
            self.events.as_mut_ptr(),
            self.events.len() as Count,
        );
        let count = call_once("kevent", NO_FD, |_| {
            // SAFETY: the kernel reads one timespec, if there is one, and writes at most `room` events, which is the length of
            // the vector they go to. There are no changes.
            unsafe { native::kevent(kqueue, ptr::null(), 0, events, room, timeout) as isize }
        })?;
        #[cfg(libkqueue)]
        self.suspect(count);
        self.translate(count);
        Ok(self.said.len())
    }

    /// Puts the events of a wait into our words.
    fn translate(&mut self, count: usize) {
        self.said.clear();
        for event in &self.events[..count] {
            // None: it is watched no longer, and the kernel does not know it yet.
            let Some(watched) = self.watched.get_mut(native::descriptor(event)) else {
                continue;
            };
            let (token, ready) = (watched.token, watched.said(event));
            #[cfg(libkqueue)]
            if ready.contains(Ready::ERROR) {
                stolen::keep(
                    native::descriptor(event),
                    Errno::from_raw(event.fflags as i32),
                );
            }
            match self.said.get_mut(watched.place) {
                Some((same, said)) if *same == token => *said |= ready,
                _ => {
                    watched.place = self.said.len();
                    self.said.push((token, ready));
                }
            }
        }
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
        self.kqueue.as_fd()
    }
}

impl Watched {
    fn new(token: u64, mode: Mode, filters: Filters) -> Watched {
        Watched {
            token,
            mode,
            filters,
            read_ended: false,
            write_ended: false,
            place: 0,
        }
    }

    /// What an event of this descriptor says, in our words.
    fn said(&mut self, event: &Event) -> Ready {
        let (filter, flags, fflags) = (event.filter, event.flags, event.fflags);
        let ended = flags & native::EV_EOF != 0;
        let mut ready = if filter == native::EVFILT_READ {
            self.read_ended = ended;
            self.readable(ended)
        } else if filter == native::EVFILT_WRITE {
            self.write_ended = ended;
            Ready::WRITABLE
        } else {
            return Ready::PRIORITY;
        };
        if ended && self.read_ended && self.write_ended {
            ready |= Ready::HANG_UP;
        }
        if ended && fflags != 0 || flags & native::EV_ERROR != 0 {
            ready |= Ready::ERROR;
        }
        ready
    }

    fn readable(&self, ended: bool) -> Ready {
        let mut ready = Ready::READABLE;
        if ended {
            ready |= Ready::READ_CLOSED;
        }
        if native::URGENT_UNTOLD && self.mode == Mode::Edge {
            ready |= Ready::PRIORITY;
        }
        ready
    }
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Poller")
            .field("kqueue", &self.kqueue)
            .field("events", &self.events.len())
            .finish_non_exhaustive()
    }
}

fn wanted(mode: Mode) -> Filters {
    let edge = Some(Trigger::Edge);
    let interest = match mode {
        Mode::Edge => return [edge, edge, native::EXCEPT.and(edge)],
        Mode::Wake => return [None, edge, None],
        Mode::Level(interest) => interest,
    };
    let level = |wanted| interest.contains(wanted).then_some(Trigger::Level);
    let disconnect = edge.filter(|_| interest.contains(Interest::DISCONNECT));
    [
        level(Interest::WRITABLE),
        level(Interest::READABLE).or(disconnect),
        level(Interest::PRIORITIZED).filter(|_| native::EXCEPT.is_some()),
    ]
}
