//! The pieces of a write, on their way to the kernel, and what is left of them (`uv__try_write`).

use std::collections::VecDeque;
use std::io::IoSlice;
use std::os::fd::BorrowedFd;

use bytes::Bytes;
use uvox_loop::Errno;
use uvox_loop::sys::{self, IOV_MAX};

use super::state::StreamState;

/// How many bytes they are.
#[inline]
pub(crate) fn length(pieces: &[IoSlice<'_>]) -> usize {
    pieces.iter().map(|piece| piece.len()).sum()
}

pub(super) fn send(
    fd: BorrowedFd<'_>,
    is_socket: bool,
    pieces: &[IoSlice<'_>],
) -> Result<usize, Errno> {
    let pieces = &pieces[..pieces.len().min(IOV_MAX)];
    match pieces {
        [piece] if is_socket => sys::send(fd, piece),
        [piece] => sys::write(fd, piece),
        _ if is_socket => sys::sendv(fd, pieces),
        _ => sys::writev(fd, pieces),
    }
}

#[inline(never)]
pub(super) fn send_many(
    fd: BorrowedFd<'_>,
    state: &StreamState,
    pieces: &[IoSlice<'_>],
) -> Result<usize, Errno> {
    let is_socket = state.channel.is_socket();
    match state.waits_to_write {
        true => send_all(fd, is_socket, pieces),
        false => send(fd, is_socket, pieces),
    }
}

/// Sends all of it, and waits for room meanwhile. An error comes when nothing was sent before it.
fn send_all(fd: BorrowedFd<'_>, is_socket: bool, pieces: &[IoSlice<'_>]) -> Result<usize, Errno> {
    sys::set_nonblocking(fd, false)?;
    let mut sent = 0;
    let mut result = Ok(());
    for piece in pieces {
        let mut left = &piece[..];
        while !left.is_empty() && result.is_ok() {
            match send(fd, is_socket, &[IoSlice::new(left)]) {
                Ok(count) => {
                    sent += count;
                    left = &left[count..];
                }
                Err(errno) => result = Err(errno),
            }
        }
    }
    sys::set_nonblocking(fd, true)?;
    if sent == 0 {
        result.map(|()| 0)
    } else {
        Ok(sent)
    }
}

/// Shares all but the first `sent` bytes.
pub(crate) fn share_rest<C: FromIterator<Bytes>>(pieces: &[Bytes], mut sent: usize) -> C {
    let rest = pieces.iter().filter_map(|piece| {
        let skipped = piece.len().min(sent);
        sent -= skipped;
        (skipped < piece.len()).then(|| piece.slice(skipped..))
    });
    rest.collect()
}

/// Copies all but the first `sent` bytes, into one piece.
pub(super) fn copy_rest(pieces: &[IoSlice<'_>], mut sent: usize) -> VecDeque<Bytes> {
    let total: usize = pieces.iter().map(|piece| piece.len()).sum();
    if total == sent {
        return VecDeque::new();
    }
    let mut rest = Vec::with_capacity(total - sent);
    for piece in pieces {
        let skipped = piece.len().min(sent);
        rest.extend_from_slice(&piece[skipped..]);
        sent -= skipped;
    }
    VecDeque::from([Bytes::from(rest)])
}
