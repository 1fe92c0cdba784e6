//! What every scenario is run in.

use std::path::PathBuf;

use tempfile::TempDir;
use uvox_loop::{Ctx, Errno, Loop};
use uvox_pipe::uv::Pipe;
use uvox_stream::uv::Stream;
pub(crate) use uvox_testing::{Seen, close, close_and_end, end, open_descriptors, scenario, until};

/// A directory, and a path in it where there is nothing yet. Both go with the directory.
pub(crate) fn free_path() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("socket");
    (directory, path)
}

/// Two ends over which descriptors can be passed.
pub(crate) fn ipc_pair(lp: &mut Loop) -> (Pipe, Pipe) {
    let (one, other) = Pipe::pair(lp).unwrap();
    one.pass_descriptors(lp).unwrap();
    other.pass_descriptors(lp).unwrap();
    (one, other)
}

/// Reads a stream and keeps the bytes, and the error at the end.
pub(crate) fn keep_reading(cx: &mut Ctx, stream: Stream) -> (Seen<u8>, Seen<Errno>) {
    let (bytes, errors) = (Seen::new(), Seen::new());
    let (all, ended) = (bytes.clone(), errors.clone());
    stream
        .read_start(cx, move |_, _, got| match got {
            Ok(got) => got.iter().for_each(|byte| all.add(*byte)),
            Err(errno) => ended.add(errno),
        })
        .unwrap();
    (bytes, errors)
}
