//! What can be chosen of a socket.

use std::fmt;
use std::os::fd::OwnedFd;
use std::time::Duration;

use uvox_loop::Ctx;

use super::settings::{Settings, whole_seconds};
use super::state::Socket;
use crate::net::wrap::Wrap;
use crate::streams::{Encoding, Options};

/// What can be chosen of a socket when it is made (the options of `new net.Socket`).
#[derive(Debug)]
pub struct SocketOptions {
    pub(in crate::net) stream: Options,
    pub(in crate::net) settings: Settings,
    pub(super) flow: Flow,
    pub(super) paused: bool,
    pub(super) wrap: Option<Wrap>,
    pub(super) fd: Option<OwnedFd>,
    pub(super) user_buffer: Option<UserBuffer>,
}

/// Whether it is read from the beginning.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Start,
    /// It has no readable half.
    None,
}

impl Default for SocketOptions {
    fn default() -> SocketOptions {
        SocketOptions {
            stream: Options::new()
                .allow_half_open(false)
                .emit_close(false)
                .decode_strings(false),
            settings: Settings::default(),
            flow: Flow::Start,
            paused: false,
            wrap: None,
            fd: None,
            user_buffer: None,
        }
    }
}

impl SocketOptions {
    /// What Node does by default.
    pub fn new() -> SocketOptions {
        SocketOptions::default()
    }

    fn stream(mut self, change: impl FnOnce(Options) -> Options) -> SocketOptions {
        self.stream = change(self.stream);
        self
    }

    /// Whether it can still be written to when the peer has ended (`allowHalfOpen`). If not, which is the default, it is ended then, too.
    pub fn allow_half_open(self, allow: bool) -> SocketOptions {
        self.stream(|stream| stream.allow_half_open(allow))
    }

    /// How much each direction buffers before it says that it is enough, in bytes (`highWaterMark`): 16 KiB by default.
    pub fn high_water_mark(self, mark: usize) -> SocketOptions {
        self.stream(|stream| stream.high_water_mark(mark))
    }

    /// Never more than so many bytes are buffered of what is written: see [`Options::write_limit`]. Node has no such limit.
    pub fn write_limit(self, limit: usize) -> SocketOptions {
        self.stream(|stream| stream.write_limit(limit))
    }

    /// Reads give text (`encoding`).
    pub fn encoding(self, encoding: Encoding) -> SocketOptions {
        self.stream(|stream| stream.encoding(encoding))
    }

    /// The state stays when it is closed, until it is [released](crate::streams::Duplex::release).
    pub fn keep(self, keep: bool) -> SocketOptions {
        self.stream(|stream| stream.keep(keep))
    }

    /// Of a descriptor: without reading (`readable: false`).
    pub fn readable(mut self, readable: bool) -> SocketOptions {
        self.flow = if readable { Flow::Start } else { Flow::None };
        self.stream(|stream| stream.readable(readable))
    }

    /// Of a descriptor: without writing (`writable: false`).
    pub fn writable(self, writable: bool) -> SocketOptions {
        self.stream(|stream| stream.writable(writable))
    }

    /// What is written goes out at once, however little it is (`noDelay`).
    pub fn no_delay(mut self, enable: bool) -> SocketOptions {
        self.settings.no_delay = enable;
        self
    }

    /// The peer is asked from time to time if it is still there (`keepAlive`, `keepAliveInitialDelay`), first when nothing came for that long; in whole seconds, and
    /// with less than one as the kernel does it.
    pub fn keep_alive(mut self, enable: bool, initial_delay: Duration) -> SocketOptions {
        self.settings.keep_alive = enable;
        self.settings.keep_alive_secs = whole_seconds(initial_delay);
        self
    }

    /// Stands on a descriptor: a TCP or Unix-domain connection, or an end of a pipe (`fd`).
    pub fn fd(mut self, fd: impl Into<OwnedFd>) -> SocketOptions {
        self.fd = Some(fd.into());
        self
    }

    /// Stands on a wrap that is there already (`handle`).
    pub fn handle(mut self, wrap: impl Into<Wrap>) -> SocketOptions {
        self.wrap = Some(wrap.into());
        self
    }

    /// Of a descriptor or a handle: it is not read before that is asked for, by [`resume`](crate::streams::Duplex::resume) say (`pauseOnCreate`).
    pub fn paused(mut self, paused: bool) -> SocketOptions {
        self.paused = paused;
        self
    }

    /// Reads go into a buffer of the caller's, and not through the stream (`onread`). `callback` gets the buffer, with how many bytes are in its front; it may put
    /// another one in its place, and says whether to go on: false stops reading until the socket is [resumed](crate::streams::Duplex::resume). 'data' is not
    /// emitted then; all else is as ever.
    pub fn on_read(
        mut self,
        buffer: Vec<u8>,
        callback: impl FnMut(&mut Ctx, Socket, &mut Vec<u8>, usize) -> bool + 'static,
    ) -> SocketOptions {
        self.user_buffer = Some(UserBuffer {
            size: buffer.len(),
            buffer: Some(buffer),
            callback: Some(Box::new(callback)),
        });
        self
    }

    pub(super) fn take_fd(&mut self) -> Option<OwnedFd> {
        self.fd.take()
    }
}

pub(super) type OnRead = dyn FnMut(&mut Ctx, Socket, &mut Vec<u8>, usize) -> bool;

/// A buffer of the caller's, and who hears of what was read into it.
pub struct UserBuffer {
    /// Absent once a wrap has it.
    pub(super) buffer: Option<Vec<u8>>,
    /// How long it is, so that the next wrap gets one as long.
    pub(super) size: usize,
    /// Absent while it runs.
    pub(super) callback: Option<Box<OnRead>>,
}

impl fmt::Debug for UserBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UserBuffer({} bytes)", self.size)
    }
}
