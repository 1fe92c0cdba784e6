//! Descriptors passed along with bytes, over Unix-domain sockets (`uv_write2`, `uv__stream_recv_cmsg`).

use std::collections::VecDeque;
use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use bytes::Bytes;
use uvox_loop::sys::{self, DESCRIPTORS_MAX, DescriptorKind};
use uvox_loop::{Ctx, Errno, Key, emit, emit_around};

use super::queue::{OnWritten, Request};
use super::state::{Channel, Stream, StreamState};
use super::submission::Submission;
use super::write::{Write, Written};

/// How many descriptors may wait in a stream to be taken: when so many do, it is not read until one is. Since a message may bring
/// [`DESCRIPTORS_MAX`], there can be almost twice as many.
///
/// The other way would be to close what is too much. But then a message would arrive without its descriptors, and the next ones would be taken for
/// them; a peer who must wait loses nothing. So whoever reads such a stream takes what comes, if only to close it: a reader who never does hears
/// of nothing behind these, the end included.
pub const PENDING_DESCRIPTORS_MAX: usize = DESCRIPTORS_MAX;

/// Something whose descriptor is passed: see [`Stream::write2`].
#[derive(Debug)]
pub enum Passed<'a> {
    /// A handle of this loop that has a descriptor, of whatever type.
    Handle(Key),
    /// A plain descriptor, which stays the caller's.
    Borrowed(BorrowedFd<'a>),
    /// A plain descriptor that is closed when it is sent, or will not be.
    Owned(OwnedFd),
}

impl Passed<'_> {
    fn fd<'b>(&'b self, cx: &'b Ctx) -> Result<BorrowedFd<'b>, Errno> {
        match self {
            Passed::Handle(key) => cx.descriptor(*key).ok_or(Errno::EBADF),
            Passed::Borrowed(fd) => Ok(*fd),
            Passed::Owned(fd) => Ok(fd.as_fd()),
        }
    }

    /// A descriptor that does not depend on the caller's.
    fn keep(self, cx: &Ctx) -> Result<OwnedFd, Errno> {
        match self {
            Passed::Owned(fd) => Ok(fd),
            other => sys::dup(other.fd(cx)?),
        }
    }
}

impl From<Key> for Passed<'_> {
    fn from(key: Key) -> Self {
        Passed::Handle(key)
    }
}

impl From<Stream> for Passed<'_> {
    fn from(stream: Stream) -> Self {
        Passed::Handle(stream.into())
    }
}

impl<'a> From<BorrowedFd<'a>> for Passed<'a> {
    fn from(fd: BorrowedFd<'a>) -> Self {
        Passed::Borrowed(fd)
    }
}

impl From<OwnedFd> for Passed<'_> {
    fn from(fd: OwnedFd) -> Self {
        Passed::Owned(fd)
    }
}

/// What a stream has that descriptors can be passed over.
#[derive(Debug, Default)]
pub(super) struct Passing {
    /// Received and not taken yet (`accepted_fd`, `queued_fds`).
    pending: VecDeque<OwnedFd>,
    lost: u64,
}

impl Passing {
    /// Whether so many wait that no more are to come.
    pub(super) fn is_full(&self) -> bool {
        self.pending.len() >= PENDING_DESCRIPTORS_MAX
    }

    /// Reads, and keeps what comes along (`uv__stream_recv_cmsg`).
    pub(super) fn receive(
        &mut self,
        stream: Stream,
        socket: BorrowedFd<'_>,
        buffer: &mut [u8],
    ) -> Result<usize, Errno> {
        let mut came = Vec::new();
        let received = sys::recv_descriptors(socket, &mut [IoSliceMut::new(buffer)], &mut came)?;
        if received.control_truncated {
            self.lost += 1;
        }
        if received.control_truncated || !came.is_empty() {
            let before = self.pending.len();
            let (came, lost) = (came.len(), received.control_truncated);
            emit!(Uv, "stream.passed" @ stream, descriptors = came, lost = lost, queue = before => before + came);
        }
        self.pending.extend(came);
        Ok(received.count)
    }

    /// Closes what nobody took.
    pub(super) fn end(&mut self) {
        close_all(self.pending.drain(..));
    }
}

impl StreamState {
    /// Whether descriptors can be passed: the stream was made for it, and its socket is of the kind that can.
    fn can_pass(&self) -> bool {
        self.passing.is_some() && self.channel == Channel::Unix
    }
}

impl Stream {
    /// From now on descriptors can be passed over this stream, both ways, if it is on a Unix-domain socket (`ipc` of `uv_pipe_init`). Without this a
    /// peer who passes some passes them in vain: they never are descriptors of this process. Doing so again changes nothing.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, `EINVAL` if it is closing.
    pub fn pass_descriptors(self, cx: &mut Ctx) -> Result<(), Errno> {
        cx.open_state(self.0)?.passing.get_or_insert_default();
        Ok(())
    }

    /// Whether it was made for passing descriptors.
    pub fn passes_descriptors(self, cx: &Ctx) -> bool {
        cx.state(self.0)
            .is_some_and(|state| state.passing.is_some())
    }

    /// Writes bytes and passes descriptors along with the first of them (`uv_write2`): of any handle that has one, or plain ones, up to
    /// [`DESCRIPTORS_MAX`]. The receiver gets duplicates. What cannot be sent at once is queued, with duplicates of the descriptors, so
    /// handles and descriptors may be closed as soon as this returns. Without descriptors it is a [write](Stream::write) like any other.
    ///
    /// The receiver has them when it is given the first of these bytes, which may stand behind earlier ones in the same read: whoever must know
    /// which bytes they belong to says so in the bytes.
    ///
    /// # Errors
    ///
    /// As [`Stream::write`]; `EINVAL` if the stream was not [made for it](Stream::pass_descriptors) or is on no Unix-domain socket, for more than
    /// [`DESCRIPTORS_MAX`] descriptors, and for none but empty bytes, which could not carry any; `EBADF` if a handle is gone, closing, or
    /// has no descriptor of its own; `EMFILE` if the write had to be queued and there is no room for a duplicate. What the kernel
    /// says comes by `done`: on Linux, `ETOOMANYREFS` if too many descriptors are on their way already.
    pub fn write2<'a>(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        descriptors: impl IntoIterator<Item = Passed<'a>>,
        done: impl FnOnce(&mut Ctx, Stream, Written) + 'static,
    ) -> Result<Write, Errno> {
        let passed: Vec<_> = descriptors.into_iter().take(DESCRIPTORS_MAX + 1).collect();
        if passed.is_empty() {
            return self.write(cx, bytes, done);
        }
        emit_around!(Uv, "stream.write" @ self, bytes = bytes.len(), descriptors = passed.len()
            => self.submit_passing(cx, bytes, passed, Box::new(done)))
    }

    fn submit_passing(
        self,
        cx: &mut Ctx,
        bytes: &[u8],
        passed: Vec<Passed<'_>>,
        done: OnWritten,
    ) -> Result<Write, Errno> {
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        let try_now = Submission::begin(&parts, bytes.len())?;
        if !parts.state.can_pass() || bytes.is_empty() || passed.len() > DESCRIPTORS_MAX {
            return Err(Errno::EINVAL);
        }
        let tried = self.try_pass(cx, bytes, &passed, try_now)?;
        let sent = tried.unwrap_or(Ok(0)).unwrap_or(0);
        let mut request = Request {
            number: 0,
            left: VecDeque::new(),
            passed: Vec::new(),
            sent,
            done,
        };
        if sent < bytes.len() {
            let left = Bytes::copy_from_slice(&bytes[sent..]);
            request.left.push_back(left);
        }
        if tried.is_none_or(|result| result == Err(Errno::EAGAIN)) {
            let kept = passed.into_iter().map(|one| one.keep(cx));
            request.passed = kept.collect::<Result<_, _>>()?;
        }
        let parts = cx.parts(self.0).ok_or(Errno::EBADF)?;
        let submission = Submission::end(parts, tried, bytes.len(), request);
        self.follow(cx, submission)
    }

    /// Gives the bytes and the descriptors to the kernel, if this is the time for it.
    fn try_pass(
        self,
        cx: &Ctx,
        bytes: &[u8],
        passed: &[Passed<'_>],
        try_now: bool,
    ) -> Result<Option<Result<usize, Errno>>, Errno> {
        let descriptors = passed.iter().map(|one| one.fd(cx));
        let descriptors = descriptors.collect::<Result<Vec<_>, _>>()?;
        let socket = cx.descriptor(self.0).ok_or(Errno::EBADF)?;
        let bytes = [IoSlice::new(bytes)];
        Ok(try_now.then(|| sys::send_descriptors(socket, &bytes, &descriptors)))
    }

    /// How many descriptors were received and not taken (`uv_pipe_pending_count`).
    pub fn pending_count(self, cx: &Ctx) -> usize {
        let passing = cx.state(self.0).and_then(|state| state.passing.as_ref());
        passing.map_or(0, |passing| passing.pending.len())
    }

    /// What the descriptor is that would be taken next, if there is one (`uv_pipe_pending_type`).
    pub fn pending_type(self, cx: &Ctx) -> Option<DescriptorKind> {
        let next = cx.state(self.0)?.passing.as_ref()?.pending.front()?;
        // It is open.
        sys::descriptor_kind(next.as_raw_fd()).ok()
    }

    /// Takes the descriptor that was received first (`uv_accept` on an IPC pipe), to make a handle of it or to do with it whatever one likes.
    /// Those that nobody takes are closed when the stream is. `None` if none waits.
    pub fn take_pending(self, cx: &mut Ctx) -> Option<OwnedFd> {
        let state = cx.state_mut(self.0)?;
        let passing = state.passing.as_mut()?;
        let was_full = passing.is_full();
        let taken = passing.pending.pop_front()?;
        if was_full && !passing.is_full() {
            // There is room for more, and nobody else will say so. The stream is open, or it would have closed what it had.
            let _ = cx.requeue(self.0);
        }
        Some(taken)
    }

    /// How many times a peer passed descriptors that could not be taken, because this process had too many open or because there
    /// were more than fit into a message. All that came with those bytes were closed then; the bytes were read all the same.
    pub fn lost_descriptors(self, cx: &Ctx) -> u64 {
        let passing = cx.state(self.0).and_then(|state| state.passing.as_ref());
        passing.map_or(0, |passing| passing.lost)
    }
}

/// Sends what stands at the head of the queue, with the descriptors that go along.
pub(super) fn send_with(
    socket: BorrowedFd<'_>,
    pieces: &[IoSlice<'_>],
    descriptors: &[OwnedFd],
) -> Result<usize, Errno> {
    let descriptors: Vec<_> = descriptors.iter().map(OwnedFd::as_fd).collect();
    sys::send_descriptors(socket, pieces, &descriptors)
}

/// Closes descriptors that have served their purpose, or have none any more.
pub(super) fn close_all(descriptors: impl Iterator<Item = OwnedFd>) {
    for descriptor in descriptors {
        // It is gone whatever this says.
        let _ = sys::close(descriptor);
    }
}
