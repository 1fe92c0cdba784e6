//! Terminals.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use bytes::Bytes;
use uvox::event_loop::{Ctx, Errno, Interest, Poll, sys};
use uvox::streams::{Custom, Duplex, Options};
use uvox::{Error, env};

/// A line that is typed is never longer than this, as long as the terminal puts lines together.
const LINE: usize = 4096;

/// The terminal again, by a description of its own (`uv__tty_reopen`): to make a shared one non-blocking would do so to the shell, too. Where there is no way from a
/// descriptor to its file, it is the terminal of the session.
pub(super) fn open(fd: BorrowedFd<'_>, reads: bool) -> Result<OwnedFd, Error> {
    let open = |path: &str| -> std::io::Result<File> {
        OpenOptions::new().read(reads).write(!reads).open(path)
    };
    let opened = open(&format!("/proc/self/fd/{}", fd.as_raw_fd())).or_else(|_| open("/dev/tty"));
    match opened {
        Ok(file) => Ok(file.into()),
        Err(_) => sys::dup(fd).map_err(|errno| Error::system(errno, "dup")),
    }
}

/// A stream that reads a terminal.
pub(super) fn reader(cx: &mut Ctx, terminal: OwnedFd) -> Result<Duplex, Error> {
    let poll = Poll::new(cx, &terminal).map_err(|errno| Error::system(errno, "poll"))?;
    let terminal = std::rc::Rc::new(terminal);
    let stream = Custom::new()
        .read(move |cx, stream, _| {
            let terminal = terminal.clone();
            let started = poll.start(cx, Interest::READABLE, move |cx, poll, _| {
                env::enter(cx, |cx| on_ready(cx, poll, stream, &terminal));
            });
            if let Err(errno) = started {
                stream.fail(cx, Error::system(errno, "poll"));
            }
        })
        .destroy(move |cx, stream, error| {
            // It is closed once, here.
            let _ = cx.close(poll, |_| ());
            stream.destroyed(cx, error);
        })
        .readable(cx, &Options::new());
    Ok(stream)
}

fn on_ready(cx: &mut Ctx, poll: Poll, stream: Duplex, terminal: &OwnedFd) {
    let mut line = [0; LINE];
    match sys::read(terminal.as_fd(), &mut line) {
        Err(Errno::EAGAIN) => {}
        Err(errno) => stream.fail(cx, Error::system(errno, "read")),
        Ok(0) => {
            // It is closed when the stream is destroyed, be it now.
            let _ = poll.stop(cx);
            stream.push_eof(cx);
        }
        Ok(count) => {
            if !stream.push(cx, Bytes::copy_from_slice(&line[..count])) {
                let _ = poll.stop(cx);
            }
        }
    }
}
