//! What became of datagrams that did not arrive (`uv__udp_recvmsg_errqueue`).

use uvox_loop::sys::{self, QueuedError};
use uvox_loop::{Callback, Ctx, Errno, Ready, emit, trace};

use super::state::{Udp, UdpState};

impl Udp {
    /// Calls `on_error` with each error that a datagram met on its way, of a handle that was bound with
    /// [`RECEIVE_ERRORS`](super::BindFlags::RECEIVE_ERRORS), while it receives: which datagram it was, and who found out. Without this, whoever receives gets the bare error.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing.
    pub fn on_queued_error(
        self,
        cx: &mut Ctx,
        on_error: impl FnMut(&mut Ctx, Udp, QueuedError) + 'static,
    ) -> Result<(), Errno> {
        let place = &mut cx.open_state(self.0)?.reader.on_queued_error;
        let replaced = std::mem::replace(place, Callback::Set(Box::new(on_error)));
        drop(replaced);
        Ok(())
    }

    /// Takes what is queued beside the datagrams, within the budget. It is taken before them: the first that is in it is also the socket's own error, which the
    /// next call would fail with once more.
    pub(super) fn run_queued_errors(self, cx: &mut Ctx, left: &mut usize) {
        while *left > 0 {
            let Some(parts) = cx.parts(self.0) else {
                return;
            };
            let reader = &parts.state.reader;
            let wanted = reader.queues_errors && reader.is_receiving();
            if !wanted || !parts.ready.contains(Ready::ERROR) {
                return;
            }
            let has_listener = reader.on_queued_error.is_set();
            // Nobody asked for the datagram itself.
            let error = match sys::recv_error(parts.fd, &mut []) {
                Ok(error) => error,
                // It is no error, but something else that is told this way.
                Err(Errno::EBADMSG) => {
                    *left -= 1;
                    continue;
                }
                Err(_) => return,
            };
            *left -= 1;
            let _cause =
                emit!(Uv, "queued_error" @ self, errno = error.errno.name(), to = error.to.ip())
                    .map(trace::cause);
            if has_listener {
                cx.call(
                    self.0,
                    |state: &mut UdpState| &mut state.reader.on_queued_error,
                    |on_error, cx| on_error(cx, self, error),
                );
            } else {
                self.tell_error(cx, error.errno);
            }
        }
    }
}
