//! Sending to one peer, and hearing from it alone (`uv__udp_connect`, `uv__udp_disconnect`).

use std::net::SocketAddr;

use uvox_loop::sys::{self, Domain};
use uvox_loop::{Ctx, Errno, emit};

use super::bind::BindFlags;
use super::state::Udp;

impl Udp {
    /// From now on the handle sends to this peer, without being told each time, and receives from it alone (`uv_udp_connect`). That nobody is there is told, if
    /// at all, when something was sent: to the callback that [receives](Udp::recv_start), or to the next send, as `ECONNREFUSED`.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing, `EISCONN` if it is connected; what the kernel says: `ENETUNREACH` if there is no way there,
    /// `EAFNOSUPPORT` or `EINVAL` for an address of another family than the socket's; and as [`Udp::bind`] if there is no socket yet.
    pub fn connect(self, cx: &mut Ctx, address: SocketAddr) -> Result<(), Errno> {
        if cx.open_state(self.0)?.connected {
            return Err(Errno::EISCONN);
        }
        self.need_bound(cx, Domain::for_address(address), BindFlags::NONE)?;
        let result = sys::connect(self.socket(cx)?, address);
        emit!(Uv, "connect" @ self, address = address.to_string(), result = result);
        result?;
        cx.open_state(self.0)?.connected = true;
        Ok(())
    }

    /// From now on it sends to whatever address it is told, and hears from everybody (`uv_udp_connect` without an address).
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, `EINVAL` if it is closing, `ENOTCONN` if it is not connected.
    pub fn disconnect(self, cx: &mut Ctx) -> Result<(), Errno> {
        if !cx.open_state(self.0)?.connected {
            return Err(Errno::ENOTCONN);
        }
        let result = sys::disconnect(self.socket(cx)?);
        emit!(Uv, "disconnect" @ self, result = result);
        result?;
        cx.open_state(self.0)?.connected = false;
        Ok(())
    }

    /// Whether it is connected.
    pub fn is_connected(self, cx: &Ctx) -> bool {
        !cx.is_closing(self.0) && cx.state(self.0).is_some_and(|state| state.connected)
    }
}
