//! Wake-ups from other threads (`async.c`).

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Hub;
use crate::callback::Callback;
use crate::kind::{Kind, State};
use crate::sys::Errno;
use crate::{Ctx, Handle, Key};

/// Runs a callback on the loop's thread when another thread asks for it (`uv_async_t`).
///
/// It is active from the start until it is closed, so it keeps the loop alive; [`unref`](Ctx::unref) it if it should not.
///
/// ```
/// use uvox_loop::{Async, Loop, RunMode};
///
/// let mut lp = Loop::new()?;
/// let (_, sender) = Async::new(&mut lp, |cx, wakeup| cx.close(wakeup, |_| ()).unwrap());
/// std::thread::spawn(move || sender.send());
/// lp.run(RunMode::Default)?;
/// # Ok::<(), uvox_loop::Errno>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Async(Handle<AsyncState>);

type OnWake = dyn FnMut(&mut Ctx, Async);

#[derive(Debug)]
pub(crate) struct AsyncState {
    callback: Callback<OnWake>,
    shared: Arc<Shared>,
}

/// What the handle and its senders share.
struct Shared {
    /// Sent, and not called yet.
    pending: AtomicBool,
    /// The handle is closing: nobody will be called any more.
    closed: AtomicBool,
    key: Key,
    hub: Arc<Hub>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared")
            .field("key", &self.key)
            .field("pending", &self.pending)
            .finish_non_exhaustive()
    }
}

impl Drop for AsyncState {
    /// The handle is gone, or its loop is: senders are told.
    fn drop(&mut self) {
        self.shared.closed.store(true, Ordering::Release);
    }
}

static ASYNC: Kind<AsyncState> = Kind::new("async").on_ready(on_ready).on_stop(|cx, key| {
    if let Some(state) = cx.state(Handle::<AsyncState>::from_key(key)) {
        state.shared.closed.store(true, Ordering::Release);
    }
});

impl State for AsyncState {
    const KIND: &'static Kind<AsyncState> = &ASYNC;
}

fn on_ready(cx: &mut Ctx, key: Key) {
    let wakeup = Async(Handle::from_key(key));
    let Some(state) = cx.state(wakeup.0) else {
        return;
    };
    // Before the callback: what is sent while it runs wants another call. Acquire: it sees what the senders wrote.
    if state.shared.pending.swap(false, Ordering::AcqRel) {
        cx.call(
            wakeup.0,
            |state| &mut state.callback,
            |callback, cx| callback(cx, wakeup),
        );
    }
}

impl Async {
    /// A handle, and the sender that wakes it. `callback` runs in the poll phase (`uv_async_init`).
    #[track_caller]
    pub fn new(
        cx: &mut Ctx,
        callback: impl FnMut(&mut Ctx, Async) + 'static,
    ) -> (Async, AsyncSender) {
        let hub = cx.hub.clone();
        let handle = cx.table.insert_with(&ASYNC, |key| {
            let (pending, closed) = (AtomicBool::new(false), AtomicBool::new(false));
            let shared = Arc::new(Shared {
                pending,
                closed,
                key,
                hub,
            });
            AsyncState {
                callback: Callback::Set(Box::new(callback)),
                shared,
            }
        });
        let started = cx.set_active(handle, true);
        debug_assert_eq!(started, Ok(()));
        let state = cx.state(handle).expect("the handle was just made");
        let sender = AsyncSender(state.shared.clone());
        (Async(handle), sender)
    }

    /// Another sender for this handle; `None` if it is gone.
    pub fn sender(self, cx: &Ctx) -> Option<AsyncSender> {
        Some(AsyncSender(cx.state(self.0)?.shared.clone()))
    }
}

/// Wakes a loop from any thread. Clones wake the same handle.
#[derive(Clone, Debug)]
pub struct AsyncSender(Arc<Shared>);

impl AsyncSender {
    /// Makes the handle's callback run, soon, on its loop's thread (`uv_async_send`).
    ///
    /// Sends coalesce: however many there are before the callback runs, it runs once. What was written before a send is seen by the
    /// callback that runs after it. Not for signal handlers: use [`Signal`](crate::Signal) there.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle was closed or the loop is gone; what the kernel says if it cannot be woken.
    pub fn send(&self) -> Result<(), Errno> {
        if self.0.closed.load(Ordering::Acquire) {
            return Err(Errno::EBADF);
        }
        // An exchange even if it is already pending: it orders what we wrote before the call that is to come. A plain read
        // could be done before our writes reach the other thread, and the callback miss them for good.
        if self.0.pending.swap(true, Ordering::AcqRel) {
            return Ok(());
        }
        let sent = self.0.hub.send(self.0.key);
        if sent.is_err() {
            self.0.pending.store(false, Ordering::Release);
        }
        sent
    }
}

impl From<Async> for Key {
    fn from(handle: Async) -> Key {
        handle.0.key()
    }
}

impl fmt::Debug for Async {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Async({})", self.0.key())
    }
}
