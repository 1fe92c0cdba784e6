//! Pipes that are connected from the start.

use std::os::fd::OwnedFd;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Ctx, Errno};
use uvox_stream::uv::Stream;

use super::pipe::{PIPE, Pipe};

impl Pipe {
    /// Two handles on sockets that are connected with each other (`uv_socketpair`): what is written to one is read from the other, both ways. For
    /// their plain descriptors, to give one to another process say, see [`sys::socketpair`].
    ///
    /// ```
    /// # use uvox_loop::{Errno, Loop, RunMode};
    /// # use uvox_pipe::uv::Pipe;
    /// # let mut lp = Loop::new()?;
    /// let (one, other) = Pipe::pair(&mut lp)?;
    /// one.write(&mut lp, b"hello", |cx, one, _| cx.close(one, |_| ()).unwrap())?;
    /// other.read_start(&mut lp, |cx, other, data| match data {
    ///     Ok(bytes) => assert_eq!(bytes, b"hello"),
    ///     Err(_) => cx.close(other, |_| ()).unwrap(),
    /// })?;
    /// lp.run(RunMode::Default)?;
    /// # Ok::<(), Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EMFILE` or `ENFILE` if there are no descriptors left, and as [`Stream::open`]. No handle is left then.
    #[track_caller]
    pub fn pair(cx: &mut Ctx) -> Result<(Pipe, Pipe), Errno> {
        both(cx, sys::socketpair(Domain::UNIX, Type::STREAM, None)?)
    }

    /// Two handles on the ends of a new `pipe(2)` (`uv_pipe`): the one to read from, and the one to write to. For their plain descriptors see
    /// [`sys::pipe`].
    ///
    /// # Errors
    ///
    /// As [`Pipe::pair`].
    #[track_caller]
    pub fn ends(cx: &mut Ctx) -> Result<(Pipe, Pipe), Errno> {
        both(cx, sys::pipe()?)
    }
}

#[track_caller]
fn both(cx: &mut Ctx, (one, other): (OwnedFd, OwnedFd)) -> Result<(Pipe, Pipe), Errno> {
    let one = Stream::from_socket(cx, &PIPE, one)?;
    match Stream::from_socket(cx, &PIPE, other) {
        Ok(other) => Ok((Pipe(one), Pipe(other))),
        Err(errno) => {
            cx.discard(one)?;
            Err(errno)
        }
    }
}
