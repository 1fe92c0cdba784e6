//! What becomes of a connection of which the kernel will not tell (`uv__io_poll`, which aborts the process).

use std::net::Shutdown;

use uvox_loop::{Ctx, Ready, emit, sys, trace};

use super::connect::Connecting;
use super::state::Stream;

impl Stream {
    /// Ends the connection as if it had broken, for whoever waited for a word of the kernel's would wait for ever. A reader that comes later hears of it
    /// when he starts. An attempt to connect has failed.
    #[cold]
    pub(super) fn end_unwatched(self, cx: &mut Ctx) {
        let Some(errno) = cx.watch_error(self.0) else {
            return;
        };
        let Some(parts) = cx.parts(self.0) else {
            return;
        };
        let _cause = emit!(Uv, "stream.unwatched" @ self, errno = errno.name()).map(trace::cause);
        if let Some(rare) = &mut parts.state.rare
            && let Connecting::Yes { refused, .. } = &mut rare.connecting
        {
            *refused = Some(errno);
            return self.finish_connecting(cx);
        }
        // The peer is to know. If it says so itself, it does.
        let _ = sys::shutdown(parts.fd, Shutdown::Both);
        // What is sent from now on does not wait, but fails.
        *parts.ready |= Ready::WRITABLE;
        parts.state.sending.fail();
        parts.state.queue.fail_all(errno);
        let is_read = parts.state.reader.is_reading();
        if is_read {
            parts.state.reader.end();
        }
        let is_spliced = parts.state.is_spliced();
        // The stream is open, or it would not have been called.
        let _ = cx.feed(self.0);
        if is_spliced {
            self.stop_splices(cx, errno);
        }
        if is_read {
            let _ = cx.set_active(self.0, false);
            self.tell_end(cx, errno);
        }
    }
}
