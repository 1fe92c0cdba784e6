//! Whether a handle has the port that it was to have (`checkBindError`).

use uvox_loop::{Ctx, Errno};
use uvox_tcp::node::TcpWrap;

/// That an address is in use is told late: by the next call that needs to know.
pub(super) fn check(cx: &mut Ctx, tcp: TcpWrap, port: u16) -> Result<(), Errno> {
    if port == 0 {
        return Ok(());
    }
    match tcp.getsockname(cx)? {
        info if info.port == port => Ok(()),
        _ => Err(Errno::EADDRINUSE),
    }
}
