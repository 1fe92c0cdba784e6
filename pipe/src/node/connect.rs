//! Connecting (`PipeWrap::Connect`).

use std::path::Path;

use uvox_loop::{Ctx, Errno, emit_around};
use uvox_stream::node::{ConnectWrap, Connected, ConnectionWrap, HandleWrap};

use super::pipe_wrap::PipeWrap;

impl PipeWrap {
    /// Connects to a path, or an abstract name (`Connect`). `oncomplete` is called from the loop when the attempt ends, also with what the
    /// kernel says at once: `ENOENT` if there is nothing there, `ECONNREFUSED` if nobody listens; with `ECANCELED`, in the closing phase, if the
    /// wrap is closed before. The name that this gives can change who is told.
    ///
    /// # Errors
    ///
    /// Only of mistakes: `EINVAL` for an empty path, `ENAMETOOLONG` for one that would have to be cut; `EALREADY` if an attempt goes on; and as
    /// [`Pipe::connect`](crate::uv::Pipe::connect); see also [above](PipeWrap). `oncomplete` is dropped then.
    pub fn connect(
        self,
        cx: &mut Ctx,
        path: impl AsRef<Path>,
        oncomplete: impl FnOnce(&mut Ctx, Connected<PipeWrap>) + 'static,
    ) -> Result<ConnectWrap<PipeWrap>, Errno> {
        let path = path.as_ref();
        let after = move |cx: &mut Ctx, _, status| self.after_connect(cx, status);
        emit_around!(Base, "base.connect" @ self.stream_base(), path = path.display().to_string() => {
            let pipe = self.open_below(cx);
            pipe.and_then(|pipe| pipe.connect(cx, path, after))
        })?;
        let provider = "PIPECONNECTWRAP";
        Ok(ConnectWrap::new(cx, self, provider, oncomplete))
    }
}
