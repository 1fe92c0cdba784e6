//! Who may connect (`uv_pipe_chmod`).

use uvox_loop::sys;
use uvox_loop::{Ctx, Errno};

use super::pipe::{Pipe, PipeExtra};

/// Everybody may read.
const READABLE: u32 = 0o444;
/// Everybody may write, which on Linux is what it takes to connect.
const WRITABLE: u32 = 0o222;

impl Pipe {
    /// Lets everybody read from the path that the handle is bound to, write to it, or both (`uv_pipe_chmod`). What was permitted before still is.
    ///
    /// # Errors
    ///
    /// `EBADF` if the handle is gone, closing, or not bound; `EINVAL` for neither of the two; `ENOENT` if it has no path, or nothing is there any more;
    /// `EPERM` if the file is somebody else's.
    pub fn chmod(self, cx: &Ctx, readable: bool, writable: bool) -> Result<(), Errno> {
        self.check(cx)?;
        let address = self.getsockname(cx)?;
        let wanted = match (readable, writable) {
            (false, false) => return Err(Errno::EINVAL),
            (true, false) => READABLE,
            (false, true) => WRITABLE,
            (true, true) => READABLE | WRITABLE,
        };
        // Some systems do not tell the path.
        let bound = self.0.get_extra::<PipeExtra>(cx);
        let bound = bound.and_then(|extra| extra.bound.as_ref());
        let path = address.path().or(bound.map(|bound| bound.path()));
        let path = path.ok_or(Errno::ENOENT)?;
        let mode = sys::mode(path)?;
        if mode & wanted == wanted {
            return Ok(());
        }
        sys::chmod(path, mode | wanted)
    }
}
