//! Descriptors that can be told apart.

use std::os::fd::{AsFd, OwnedFd};

use uvox_loop::{Ctx, Loop, sys};
use uvox_pipe::uv::Pipe;

use crate::common::Seen;

/// The end of a pipe in which stands that one byte.
pub(super) fn marked(mark: u8) -> OwnedFd {
    let (reader, writer) = sys::pipe().unwrap();
    assert_eq!(sys::write(writer.as_fd(), &[mark]), Ok(1));
    reader
}

/// Reads the byte.
pub(super) fn mark_of(fd: &OwnedFd) -> u8 {
    let mut mark = [0; 2];
    assert_eq!(sys::read(fd.as_fd(), &mut mark), Ok(1));
    mark[0]
}

/// Takes all that wait.
pub(super) fn take_all(cx: &mut Ctx, pipe: Pipe) -> Vec<u8> {
    let count = pipe.pending_count(cx);
    let taken: Vec<u8> = std::iter::from_fn(|| pipe.take_pending(cx))
        .map(|fd| mark_of(&fd))
        .collect();
    assert_eq!((taken.len(), pipe.pending_count(cx)), (count, 0));
    assert_eq!(pipe.pending_type(cx), None);
    taken
}

/// Fills a pipe's socket up, and returns how many bytes that took.
pub(super) fn flood(lp: &mut Loop, pipe: Pipe) -> usize {
    let taken = pipe.try_write(lp, &vec![b'.'; 1 << 22]).unwrap();
    assert!(taken < 1 << 22);
    taken
}

/// Reads and keeps what is read, and the marks of what comes with it, in the order in which it comes.
pub(super) fn keep_reading_and_taking(lp: &mut Loop, pipe: Pipe) -> (Seen<u8>, Seen<u8>) {
    let (bytes, marks) = (Seen::new(), Seen::new());
    let (read, taken) = (bytes.clone(), marks.clone());
    pipe.read_start(lp, move |cx, _, got| {
        got.unwrap().iter().for_each(|byte| read.add(*byte));
        take_all(cx, pipe)
            .into_iter()
            .for_each(|mark| taken.add(mark));
    })
    .unwrap();
    (bytes, marks)
}
