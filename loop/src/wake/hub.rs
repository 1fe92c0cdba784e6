//! The one place where other threads leave things for a loop.

use std::os::fd::{AsRawFd, RawFd};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::sys::poller::Mode;
use crate::sys::{Errno, Waker};
use crate::workers::Finished;
use crate::{Ctx, Key};

/// What the kernel hands back when the loop was woken; no handle has this key.
pub(crate) const WAKE_TOKEN: u64 = u64::MAX;

/// Shared by a loop and all who may wake it.
#[derive(Debug)]
pub(crate) struct Hub {
    inbox: Mutex<Inbox>,
    /// A signal handler counted something. Beside the inbox, because a signal handler cannot lock.
    signalled: AtomicBool,
}

#[derive(Debug)]
struct Inbox {
    /// `None` when the loop is gone.
    waker: Option<Arc<Waker>>,
    /// The loop was woken since it last looked here.
    woken: bool,
    /// Async handles that were sent to.
    sent: Vec<u64>,
    /// Work that is done.
    finished: Vec<Finished>,
}

impl Hub {
    pub(crate) fn new(waker: Arc<Waker>) -> Hub {
        let inbox = Inbox {
            waker: Some(waker),
            woken: false,
            sent: Vec::new(),
            finished: Vec::new(),
        };
        Hub {
            inbox: Mutex::new(inbox),
            signalled: AtomicBool::new(false),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inbox> {
        // Nothing is left half done in the inbox by a panic, for nothing that can panic is done under the lock.
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves something in the inbox, and wakes the loop if nobody did since it last looked. `EBADF` if the loop is gone; what the kernel
    /// says if it could not be woken, and then the next one tries again.
    fn leave(&self, put: impl FnOnce(&mut Inbox)) -> Result<(), Errno> {
        let mut inbox = self.lock();
        let waker = inbox.waker.clone().ok_or(Errno::EBADF)?;
        put(&mut inbox);
        if std::mem::replace(&mut inbox.woken, true) {
            return Ok(());
        }
        // Not under the lock: the call may be traced, and a tracer may do anything.
        drop(inbox);
        let woken = waker.wake();
        if woken.is_err() {
            self.lock().woken = false;
        }
        woken
    }

    pub(crate) fn send(&self, key: Key) -> Result<(), Errno> {
        self.leave(|inbox| inbox.sent.push(key.to_u64()))
    }

    pub(crate) fn finish(&self, work: Finished) -> Result<(), Errno> {
        self.leave(|inbox| inbox.finished.push(work))
    }

    /// What a signal handler calls, together with [`Waker::wake`].
    pub(crate) fn signalled(&self) {
        self.signalled.store(true, Ordering::Release);
    }

    /// The way to wake the loop, for those who cannot lock; `None` when it is gone.
    pub(crate) fn waker(&self) -> Option<Arc<Waker>> {
        self.lock().waker.clone()
    }

    /// The loop is gone: what comes from now on is refused, what is in the inbox is dropped.
    pub(crate) fn shut(&self) {
        let mut inbox = self.lock();
        let left = (
            inbox.waker.take(),
            std::mem::take(&mut inbox.sent),
            std::mem::take(&mut inbox.finished),
        );
        drop(inbox);
        drop(left);
    }
}

impl Ctx {
    pub(crate) fn watch_hub(&mut self) -> Result<(), Errno> {
        let waker = self.hub.waker().ok_or(Errno::EBADF)?;
        let fd: RawFd = waker.as_fd().as_raw_fd();
        self.poller.add(fd, WAKE_TOKEN, Mode::Wake)
    }

    /// The loop was woken: queues whom it concerns.
    pub(crate) fn open_inbox(&mut self) {
        if let Some(waker) = self.hub.waker() {
            waker.woken();
        }
        let (sent, finished) = {
            let mut inbox = self.hub.lock();
            inbox.woken = false;
            (
                std::mem::take(&mut inbox.sent),
                std::mem::take(&mut inbox.finished),
            )
        };
        if self.hub.signalled.swap(false, Ordering::AcqRel) {
            self.wake_signals();
        }
        for number in sent.into_iter().rev() {
            self.woken(Key::from_u64(number));
        }
        self.workers.take_finished(finished);
    }
}
