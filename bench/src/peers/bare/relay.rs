//! From one connection to another: by copying, or within the kernel.

use std::os::fd::{AsFd, OwnedFd};

use rustix::event::epoll::EventFlags;
use rustix::io::Errno;
use rustix::pipe::{PipeFlags, SpliceFlags, pipe_with, splice};

use super::{Server, received, sent};
use crate::error::Result;
use crate::serve::{PIECE, PIECES};

/// What is spliced goes through it.
pub(super) struct Pipe {
    reader: OwnedFd,
    writer: OwnedFd,
    /// So much is in it.
    bytes: usize,
}

impl Pipe {
    pub(super) fn new() -> Result<Pipe> {
        let (reader, writer) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
        let bytes = 0;
        Ok(Pipe {
            reader,
            writer,
            bytes,
        })
    }
}

impl Server {
    /// Sends what waits at `to`, and reads `from` again when that is done.
    pub(super) fn send_rest(&mut self, from: usize, to: usize) -> Result<(), Errno> {
        let connection = &mut self.connections[to];
        let sent = sent(&connection.fd, &connection.rest)?;
        connection.rest.drain(..sent);
        if connection.rest.is_empty() {
            self.go_on(from, to)?;
        }
        Ok(())
    }

    /// `to` has room: it is only to be filled, and `from` to be read.
    fn go_on(&self, from: usize, to: usize) -> Result<(), Errno> {
        if from != to {
            self.watch(to, EventFlags::empty(), false)?;
        }
        self.watch(from, EventFlags::IN, false)
    }

    /// `to` is full: `from` is not read until it has room.
    fn hold_on(&self, from: usize, to: usize) -> Result<(), Errno> {
        self.watch(from, EventFlags::empty(), false)?;
        self.watch(to, EventFlags::OUT, false)
    }

    /// The pair that a connection is one of, if it is, and if nothing is wrong with where it goes.
    fn pair(&self, number: usize, flags: EventFlags) -> Result<Option<(usize, usize)>, Errno> {
        let connection = &self.connections[number];
        match (connection.from, connection.to) {
            (Some(_), _) if flags.intersects(EventFlags::HUP | EventFlags::ERR) => Err(Errno::PIPE),
            (Some(from), _) => Ok(Some((from, number))),
            (None, Some(to)) => Ok(Some((number, to))),
            (None, None) => Ok(None),
        }
    }

    pub(super) fn relay(&mut self, number: usize, flags: EventFlags) -> Result<(), Errno> {
        let Some((from, to)) = self.pair(number, flags)? else {
            return Ok(());
        };
        if number == to {
            return self.send_rest(from, to);
        }
        for _ in 0..PIECES {
            let Some(bytes) = received(&self.connections[from].fd, &mut self.buffer)? else {
                return Ok(());
            };
            let sent = sent(&self.connections[to].fd, bytes)?;
            if sent < bytes.len() {
                self.connections[to].rest.extend_from_slice(&bytes[sent..]);
                return self.hold_on(from, to);
            }
            if bytes.len() < PIECE {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Fills the pipe only when it is empty, so that `EAGAIN` says which of the two has to wait.
    pub(super) fn splice(&mut self, number: usize, flags: EventFlags) -> Result<(), Errno> {
        let Some((from, to)) = self.pair(number, flags)? else {
            return Ok(());
        };
        let mode = SpliceFlags::MOVE | SpliceFlags::NONBLOCK;
        for _ in 0..PIECES {
            let source = self.connections[from].fd.as_fd();
            let sink = &self.connections[to];
            let Some(pipe) = &sink.pipe else {
                return Ok(());
            };
            let mut bytes = pipe.bytes;
            if bytes == 0 {
                bytes = match splice(source, None, &pipe.writer, None, PIECE, mode) {
                    Ok(0) => return Err(Errno::PIPE),
                    Err(Errno::AGAIN) => break,
                    filled => filled?,
                };
            }
            let sent = match splice(&pipe.reader, None, &sink.fd, None, bytes, mode) {
                Err(Errno::AGAIN) => 0,
                sent => sent?,
            };
            if let Some(pipe) = &mut self.connections[to].pipe {
                pipe.bytes = bytes - sent;
            }
            if sent == 0 {
                return match number == from {
                    true => self.hold_on(from, to),
                    false => Ok(()),
                };
            }
        }
        if number == to {
            self.go_on(from, to)?;
        }
        Ok(())
    }
}
