//! From one connection to another: by copying, or within the kernel.

use std::os::fd::{AsFd, OwnedFd};

use rustix::event::epoll::EventFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};
use rustix::pipe::{PipeFlags, SpliceFlags, pipe_with, splice};

use super::Server;
use crate::error::Result;
use crate::serve::PIECE;

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

/// How often one pair is served before others have their turn.
const PIECES: usize = 16;

impl Server {
    /// Sends what waits at `to`, and reads `from` again when that is done.
    pub(super) fn send_rest(&mut self, from: usize, to: usize) -> Result<()> {
        let connection = &mut self.connections[to];
        match send(&connection.fd, &connection.rest, SendFlags::NOSIGNAL) {
            Ok(sent) => {
                connection.rest.drain(..sent);
            }
            Err(Errno::AGAIN) => return Ok(()),
            Err(_) => {
                self.close(to);
                return Ok(());
            }
        }
        if self.connections[to].rest.is_empty() {
            if from != to {
                self.watch(to, EventFlags::empty(), false)?;
            }
            self.watch(from, EventFlags::IN, false)?;
        }
        Ok(())
    }

    pub(super) fn relay(&mut self, number: usize, flags: EventFlags) -> Result<()> {
        if let Some(from) = self.connections[number].from {
            if flags.intersects(EventFlags::HUP | EventFlags::ERR) {
                self.close(number);
                return Ok(());
            }
            return self.send_rest(from, number);
        }
        let Some(to) = self.connections[number].to else {
            return Ok(());
        };
        let fd = self.connections[number].fd.as_fd();
        let bytes = match recv(fd, &mut *self.buffer, RecvFlags::empty()) {
            Ok(((bytes, _), _)) if !bytes.is_empty() => bytes,
            Err(Errno::AGAIN) => return Ok(()),
            _ => {
                self.close(number);
                return Ok(());
            }
        };
        let sent = match send(&self.connections[to].fd, bytes, SendFlags::NOSIGNAL) {
            Ok(sent) => sent,
            Err(Errno::AGAIN) => 0,
            Err(_) => {
                self.close(number);
                return Ok(());
            }
        };
        if sent < bytes.len() {
            self.connections[to].rest.extend_from_slice(&bytes[sent..]);
            self.watch(number, EventFlags::empty(), false)?;
            self.watch(to, EventFlags::OUT, false)?;
        }
        Ok(())
    }

    /// Fills the pipe only when it is empty, so that `EAGAIN` says which of the two has to wait.
    pub(super) fn splice(&mut self, number: usize, flags: EventFlags) -> Result<()> {
        let connection = &self.connections[number];
        let Some((from, to)) =
            (connection.from.map(|from| (from, number))).or(connection.to.map(|to| (number, to)))
        else {
            return Ok(());
        };
        if number == to && flags.intersects(EventFlags::HUP | EventFlags::ERR) {
            self.close(number);
            return Ok(());
        }
        let mode = SpliceFlags::MOVE | SpliceFlags::NONBLOCK;
        for _ in 0..PIECES {
            let source = self.connections[from].fd.as_fd();
            let sink = &self.connections[to];
            let Some(pipe) = &sink.pipe else {
                return Ok(());
            };
            let mut bytes = pipe.bytes;
            if bytes == 0 {
                match splice(source, None, &pipe.writer, None, PIECE, mode) {
                    Ok(count) if count > 0 => bytes = count,
                    Err(Errno::AGAIN) => break,
                    _ => {
                        self.close(number);
                        return Ok(());
                    }
                }
            }
            let sent = match splice(&pipe.reader, None, &sink.fd, None, bytes, mode) {
                Ok(sent) => sent,
                Err(Errno::AGAIN) => 0,
                Err(_) => {
                    self.close(number);
                    return Ok(());
                }
            };
            if let Some(pipe) = &mut self.connections[to].pipe {
                pipe.bytes = bytes - sent;
            }
            if sent == 0 {
                if number == from {
                    self.watch(from, EventFlags::empty(), false)?;
                    self.watch(to, EventFlags::OUT, false)?;
                }
                return Ok(());
            }
        }
        if number == to {
            self.watch(to, EventFlags::empty(), false)?;
            self.watch(from, EventFlags::IN, false)?;
        }
        Ok(())
    }
}
