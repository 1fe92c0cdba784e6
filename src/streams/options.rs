//! What can be chosen of a stream.

use super::encoding::Encoding;

/// So much a half buffers before it says that it is enough (`getDefaultHighWaterMark`): 16 KiB, as in Node 20.
pub const HIGH_WATER_MARK: usize = 16 * 1024;

/// What can be chosen of a stream when it is made (the options of Node's `Duplex`).
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) readable: bool,
    pub(super) writable: bool,
    pub(super) readable_high_water_mark: usize,
    pub(super) writable_high_water_mark: usize,
    pub(super) allow_half_open: bool,
    pub(super) auto_destroy: bool,
    pub(super) emit_close: bool,
    pub(super) decode_strings: bool,
    pub(super) encoding: Option<Encoding>,
    pub(super) write_limit: Option<usize>,
    pub(super) keep: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            readable: true,
            writable: true,
            readable_high_water_mark: HIGH_WATER_MARK,
            writable_high_water_mark: HIGH_WATER_MARK,
            allow_half_open: true,
            auto_destroy: true,
            emit_close: true,
            decode_strings: true,
            encoding: None,
            write_limit: None,
            keep: false,
        }
    }
}

impl Options {
    /// What Node does by default.
    pub fn new() -> Options {
        Options::default()
    }

    /// Of a duplex: without its readable half (`readable: false`).
    pub fn readable(mut self, readable: bool) -> Options {
        self.readable = readable;
        self
    }

    /// Of a duplex: without its writable half (`writable: false`).
    pub fn writable(mut self, writable: bool) -> Options {
        self.writable = writable;
        self
    }

    /// How much each half buffers before it says that it is enough, in bytes (`highWaterMark`); of text that is read, in UTF-16 units.
    pub fn high_water_mark(mut self, mark: usize) -> Options {
        self.readable_high_water_mark = mark;
        self.writable_high_water_mark = mark;
        self
    }

    /// The same, of the readable half alone.
    pub fn readable_high_water_mark(mut self, mark: usize) -> Options {
        self.readable_high_water_mark = mark;
        self
    }

    /// The same, of the writable half alone.
    pub fn writable_high_water_mark(mut self, mark: usize) -> Options {
        self.writable_high_water_mark = mark;
        self
    }

    /// Whether a duplex can still be written to when all has been read; if not, it is ended then (`allowHalfOpen`). It can, by default.
    pub fn allow_half_open(mut self, allow: bool) -> Options {
        self.allow_half_open = allow;
        self
    }

    /// Whether the stream is destroyed when it is over, or has failed (`autoDestroy`). It is, by default.
    pub fn auto_destroy(mut self, destroy: bool) -> Options {
        self.auto_destroy = destroy;
        self
    }

    /// Whether 'close' is emitted when it is destroyed (`emitClose`). It is, by default; if not, whoever made the stream does so, by
    /// [`Duplex::emit_close`](super::Duplex::emit_close).
    pub fn emit_close(mut self, emit: bool) -> Options {
        self.emit_close = emit;
        self
    }

    /// Whether text that is written comes to [`write`](super::DuplexMethods::write) as bytes (`decodeStrings`). It does, by default.
    pub fn decode_strings(mut self, decode: bool) -> Options {
        self.decode_strings = decode;
        self
    }

    /// Reads give text (`encoding`), as after [`set_encoding`](super::Duplex::set_encoding).
    pub fn encoding(mut self, encoding: Encoding) -> Options {
        self.encoding = Some(encoding);
        self
    }

    /// Never buffers more than so much of what is written, in the units of the high-water mark: a write that would pass it fails, and the stream with it, by
    /// `ERR_STREAM_BUFFER_FULL`, so that a reader who is too slow cannot take all memory. Node has no such limit, and by default there is none.
    pub fn write_limit(mut self, limit: usize) -> Options {
        self.write_limit = Some(limit);
        self
    }

    /// Keeps the stream's state when it is closed, until it is [released](super::Duplex::release), so that it can be asked how it ended. By default it
    /// goes in the closing phase after 'close'.
    pub fn keep(mut self, keep: bool) -> Options {
        self.keep = keep;
        self
    }
}
