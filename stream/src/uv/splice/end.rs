//! How splicing ends, and what the kernel means by what it says.

use std::os::fd::BorrowedFd;

use bytes::Bytes;
use uvox_loop::{Errno, sys};

use super::super::state::Channel;

/// How splicing ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpliceEnd {
    /// The source came to its end, and the sink has all of it.
    Eof,
    /// It was [stopped](crate::uv::Stream::splice_stop), and the sink has what was taken until then.
    Stopped,
    /// The source failed, as a read would have; `ECANCELED` if it was closed. The sink has what was taken before.
    Source(Errno),
    /// The sink failed, as a write would have: `EPIPE` if it was shut down; `ECANCELED` if it was closed.
    Sink(Errno),
    /// The kernel cannot do this between these two, or not any more: nothing is wrong with them. What [was taken](Spliced::rest) is to be
    /// written first, then what is read.
    Unsupported(Errno),
}

/// What [`Stream::splice_to`](crate::uv::Stream::splice_to) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spliced {
    /// Why it is over.
    pub end: SpliceEnd,
    /// How many bytes the sink got.
    pub bytes: u64,
    /// What was taken from the source and the sink did not get: nothing, unless it failed.
    pub rest: Bytes,
}

/// How far splicing has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpliceCounts {
    /// How many bytes were taken from the source.
    pub taken: u64,
    /// How many of them the sink got. The others are in the kernel, on their way.
    pub given: u64,
}

/// What it means that nothing was taken: the end, as a rule, or that nothing is there. But where urgent data stands next the kernel takes nothing, for good; only
/// a read gets past it.
pub(super) fn what_nothing_means(fd: BorrowedFd<'_>, channel: Channel) -> Errno {
    if !channel.is_socket() {
        return Errno::EOF;
    }
    match sys::peek(fd, &mut [0]) {
        Ok(0) => Errno::EOF,
        Ok(_) => Errno::EINVAL,
        Err(errno) => errno,
    }
}

/// Whether an error says that the kernel does not do this, rather than that a connection is broken.
pub(super) fn is_unsupported(errno: Errno) -> bool {
    [
        Errno::EINVAL,
        Errno::ENOSYS,
        Errno::ENOTSUP,
        Errno::EOPNOTSUPP,
        Errno::EPERM,
        Errno::ENOMEM,
    ]
    .contains(&errno)
}
