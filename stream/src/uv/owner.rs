//! The handle that stands upon a stream (`handle->data`, where libuv's users keep it).

use uvox_loop::{Ctx, Errno, Key};

use super::reader::OnRead;
use super::state::Stream;

/// What the owner of a stream does with what is read. What is a callback for others is a function here, which gets the owner's key: it stays where it is
/// while it runs, so that nothing is taken out to be called, and put back.
pub(crate) trait Owns: Sync + 'static {
    /// A buffer of its own for the next read, of about that size.
    fn alloc(&self, cx: &mut Ctx, owner: Key, suggested: usize) -> Option<Vec<u8>>;
    /// What was read stands in the loop's buffer.
    fn lent(&self, cx: &mut Ctx, owner: Key, bytes: &[u8]);
    /// It stands in the buffer that `alloc` gave, as much as the result says.
    fn own(&self, cx: &mut Ctx, owner: Key, buffer: Vec<u8>, result: Result<usize, Errno>);
    /// There is nothing, and why.
    fn failed(&self, cx: &mut Ctx, owner: Key, errno: Errno);
}

/// A handle that stands upon a stream, and is closed with it.
#[derive(Clone, Copy)]
pub(super) struct Owner {
    pub(super) key: Key,
    pub(super) functions: &'static dyn Owns,
}

impl OnRead for Owner {
    #[inline]
    fn lent(&mut self, cx: &mut Ctx, _: Stream, bytes: &[u8]) {
        self.functions.lent(cx, self.key, bytes);
    }

    fn own(&mut self, cx: &mut Ctx, _: Stream, buffer: Vec<u8>, result: Result<usize, Errno>) {
        self.functions.own(cx, self.key, buffer, result);
    }

    fn failed(&mut self, cx: &mut Ctx, _: Stream, errno: Errno) {
        self.functions.failed(cx, self.key, errno);
    }
}

impl Stream {
    /// From now on another handle stands upon this one, and is closed when this one's closing is over, if it was not closed before.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, `EINVAL` if it is closing, `EBUSY` if it has an owner.
    pub(crate) fn set_owner(
        self,
        cx: &mut Ctx,
        owner: impl Into<Key>,
        functions: &'static dyn Owns,
    ) -> Result<(), Errno> {
        let state = cx.open_state(self.0)?;
        if state.owner.is_some() {
            return Err(Errno::EBUSY);
        }
        state.owner = Some(Owner {
            key: owner.into(),
            functions,
        });
        Ok(())
    }
}

impl std::fmt::Debug for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Owner({})", self.key)
    }
}
