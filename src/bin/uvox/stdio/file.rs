//! Files, and whatever else the loop cannot wait for, as streams: worker threads read and write them, a piece at a time.

use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;

use uvox::event_loop::{Ctx, Errno, WorkError, sys};
use uvox::streams::{Chunk, Custom, Duplex, Options};
use uvox::{Error, env};

/// So much is read at once, and at most as much again waits to be taken.
const PIECE: usize = 64 * 1024;

/// A stream that reads the file from where it stands.
pub(super) fn reader(cx: &mut Ctx, file: OwnedFd) -> Duplex {
    let file = Arc::new(file);
    Custom::new()
        .read(move |cx, stream, _| {
            let file = file.clone();
            let read = move || -> Result<Vec<u8>, Errno> {
                let mut piece = vec![0; PIECE];
                let count = sys::read(file.as_fd(), &mut piece)?;
                piece.truncate(count);
                Ok(piece)
            };
            let queued = cx.queue_work(read, move |cx, read| {
                env::enter(cx, |cx| match flat(read, "read") {
                    Err(error) => stream.fail(cx, error),
                    Ok(piece) if piece.is_empty() => stream.push_eof(cx),
                    Ok(piece) => drop(stream.push(cx, piece)),
                });
            });
            if let Err(errno) = queued {
                stream.fail(cx, Error::system(errno, "read"));
            }
        })
        .readable(cx, &Options::new().high_water_mark(PIECE))
}

/// A stream that writes the file from where it stands.
pub(super) fn writer(cx: &mut Ctx, file: OwnedFd) -> Duplex {
    let file = Arc::new(file);
    Custom::new()
        .writev(move |cx, stream, chunks| {
            let file = file.clone();
            let pieces: Vec<_> = chunks.into_iter().map(Chunk::into_bytes).collect();
            let write = move || pieces.iter().try_for_each(|piece| write_all(&file, piece));
            let queued = cx.queue_work(write, move |cx, written| {
                env::enter(cx, |cx| stream.written(cx, flat(written, "write")));
            });
            if let Err(errno) = queued {
                stream.written(cx, Err(Error::system(errno, "write")));
            }
        })
        .writable(cx, &Options::new().high_water_mark(PIECE))
}

fn write_all(file: &OwnedFd, mut bytes: &[u8]) -> Result<(), Errno> {
    while !bytes.is_empty() {
        match sys::write(file.as_fd(), bytes)? {
            // A file that takes nothing, and says nothing of why, never will.
            0 => return Err(Errno::EIO),
            count => bytes = &bytes[count..],
        }
    }
    Ok(())
}

/// What a call on a worker thread came to.
fn flat<T>(result: Result<Result<T, Errno>, WorkError>, call: &'static str) -> Result<T, Error> {
    match result {
        Ok(result) => result.map_err(|errno| Error::system(errno, call)),
        Err(error) => Err(Error::new("EIO", format!("{call}: {error}"))),
    }
}
