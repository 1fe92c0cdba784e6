//! Watching any descriptor (`poll.c`).

use std::fmt;
use std::os::fd::{AsRawFd, RawFd};

use crate::callback::Callback;
use crate::kind::{Kind, State};
use crate::ready::{Interest, Ready};
use crate::sys::{Errno, set_nonblocking_raw};
use crate::{Ctx, Handle, Key, emit};

/// Tells when a descriptor of somebody else's is ready: a library's socket, a device (`uv_poll_t`).
///
/// It is level-triggered: the callback runs in every turn in which the condition holds. The descriptor stays its
/// owner's, who must stop or close the handle before closing the descriptor. It is made non-blocking.
///
/// ```
/// use std::io::Write;
/// use std::os::unix::net::UnixStream;
/// use uvox_loop::{Interest, Loop, Poll, RunMode};
///
/// let (mut ours, theirs) = UnixStream::pair().unwrap();
/// let mut lp = Loop::new()?;
/// let poll = Poll::new(&mut lp, &theirs)?;
/// poll.start(&mut lp, Interest::READABLE, |cx, poll, events| {
///     assert_eq!(events, Ok(Interest::READABLE));
///     cx.close(poll, |_| ()).unwrap();
/// })?;
/// ours.write_all(b"x").unwrap();
/// lp.run(RunMode::Default)?;
/// # Ok::<(), uvox_loop::Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Poll(Handle<PollState>);

type OnPoll = dyn FnMut(&mut Ctx, Poll, Result<Interest, Errno>);

#[derive(Debug)]
pub(crate) struct PollState {
    callback: Callback<OnPoll>,
    interest: Interest,
    fd: RawFd,
}

static POLL: Kind<PollState> = Kind::new("poll").on_ready(on_ready);

impl State for PollState {
    const KIND: &'static Kind<PollState> = &POLL;
}

impl Poll {
    /// A handle for that descriptor, not started (`uv_poll_init`). Anything that has a descriptor's number will do, the bare number
    /// included: it is the caller's to see that it stays the same descriptor until the handle is stopped or closed.
    ///
    /// # Errors
    ///
    /// `EBADF` if it is not an open descriptor; `EPERM` (from [`Poll::start`]) if it is one that cannot be waited for, such as a file.
    #[track_caller]
    pub fn new(cx: &mut Ctx, fd: &impl AsRawFd) -> Result<Poll, Errno> {
        let fd = fd.as_raw_fd();
        set_nonblocking_raw(fd, true)?;
        let handle = cx.insert(PollState {
            callback: Callback::Unset,
            interest: Interest::NONE,
            fd,
        });
        cx.borrow_descriptor(handle.key(), fd)?;
        Ok(Poll(handle))
    }

    /// Calls `callback` with what is the case, of the things in `interest`, in every turn in which something is
    /// (`uv_poll_start`). A handle that is started already goes on with the new interest and callback.
    ///
    /// On a hang-up, everything in `interest` is reported, since a call would not wait. On an error of the descriptor (a reset, a pipe
    /// that nobody reads) the handle is stopped and `callback` gets `EBADF`, as in libuv.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone or its descriptor closed, `EINVAL` if it is closing, `EPERM` for a descriptor that cannot be waited
    /// for, `EEXIST` if another handle of this loop watches it. The handle is stopped then.
    pub fn start(
        self,
        cx: &mut Ctx,
        interest: Interest,
        callback: impl FnMut(&mut Ctx, Poll, Result<Interest, Errno>) + 'static,
    ) -> Result<(), Errno> {
        let state = cx.open_state(self.0)?;
        let callback: Box<OnPoll> = Box::new(callback);
        let replaced = std::mem::replace(&mut state.callback, Callback::Set(callback));
        state.interest = interest;
        let started = match cx.watch_level(self.0, interest) {
            Ok(()) => cx.set_active(self.0, !interest.is_empty()),
            Err(errno) => self.stop(cx).and(Err(errno)),
        };
        // Last, for what it captured may panic.
        drop(replaced);
        started
    }

    /// Ends that (`uv_poll_stop`).
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone.
    pub fn stop(self, cx: &mut Ctx) -> Result<(), Errno> {
        cx.unwatch(self.0)?;
        if let Some(state) = cx.state_mut(self.0) {
            state.interest = Interest::NONE;
        }
        cx.set_active(self.0, false)
    }

    /// The number of the descriptor; `None` if the handle is gone.
    pub fn fd(self, cx: &Ctx) -> Option<RawFd> {
        Some(cx.state(self.0)?.fd)
    }
}

fn on_ready(cx: &mut Ctx, key: Key) {
    let poll = Poll(Handle::from_key(key));
    let ready = cx.take_ready(key);
    let Some(state) = cx.state(poll.0) else {
        return;
    };
    let Some(events) = events(ready, state.interest) else {
        return;
    };
    emit!(Loop, "poll" @ key, events = format!("{events:?}"));
    if events.is_err() {
        let stopped = poll.stop(cx);
        debug_assert_eq!(stopped, Ok(()));
    }
    cx.call(
        poll.0,
        |state| &mut state.callback,
        |callback, cx| callback(cx, poll, events),
    );
}

/// What to report: nothing, if the interest changed after the kernel spoke (`uv__poll_io`).
fn events(ready: Ready, interest: Interest) -> Option<Result<Interest, Errno>> {
    if interest.is_empty() || ready.is_empty() {
        return None;
    }
    // A sysfs file that changed reports an error too, but with urgent data.
    if ready.contains(Ready::ERROR) && !ready.contains(Ready::PRIORITY) {
        return Some(Err(Errno::EBADF));
    }
    if ready.intersects(Ready::ERROR | Ready::HANG_UP) {
        return Some(Ok(interest));
    }
    let events = ready.matching(interest);
    (!events.is_empty()).then_some(Ok(events))
}

impl From<Poll> for Key {
    fn from(handle: Poll) -> Key {
        handle.0.key()
    }
}

impl fmt::Debug for Poll {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Poll({})", self.0.key())
    }
}
