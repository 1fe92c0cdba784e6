//! As much as goes through.

use std::os::fd::{AsFd, OwnedFd};

use rustix::event::epoll::EventFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::socket::{Waiter, connected};
use super::{Clock, Cost, Now, Times};
use crate::error::{Result, error};
use crate::process::Server;
use crate::serve::PIECE;

/// Where the bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// From us to the server.
    ToServer,
    /// From the server to us.
    FromServer,
    /// On each two connections, from us on the first to us on the second.
    Through,
}

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flowed {
    pub(crate) bytes: u64,
    pub(crate) cost: Cost,
}

/// How much is read at once.
const ROOM: usize = 1024 * 1024;

/// How often a connection is used before the others have their turn.
const PIECES: usize = 16;

/// Has bytes flow on so many connections, or pairs of them.
pub(crate) fn flow(
    server: &Server,
    flow: Flow,
    connections: usize,
    times: Times,
) -> Result<Flowed> {
    let mut waiter = Waiter::new()?;
    let mut fds: Vec<OwnedFd> = Vec::new();
    let per_flow = if flow == Flow::Through { 2 } else { 1 };
    for number in 0..connections * per_flow {
        let fd = connected(&server.place)?;
        let sends = flow == Flow::ToServer || flow == Flow::Through && number % 2 == 0;
        let flags = if sends {
            EventFlags::OUT
        } else {
            EventFlags::IN
        };
        waiter.add(fd.as_fd(), number, flags)?;
        fds.push(fd);
    }
    let piece = vec![b'c'; PIECE];
    let mut room = vec![0; if flow == Flow::Through { PIECE } else { ROOM }];
    let (mut sent, mut received) = (0, 0);
    let mut clock = Clock::start(server, times);
    loop {
        for (number, flags) in waiter.wait()? {
            for _ in 0..PIECES {
                let done = if flags.contains(EventFlags::OUT) {
                    send(&fds[number], &piece, SendFlags::NOSIGNAL).inspect(|count| sent += count)
                } else {
                    // Thrown away by the kernel, uncopied: we are only to be faster than the servers.
                    recv(&fds[number], &mut room, RecvFlags::TRUNC)
                        .map(|(_, count)| count)
                        .inspect(|count| received += count)
                };
                match done {
                    Ok(0) => return Err(error("the server has closed a connection")),
                    Ok(count) if count == PIECE => {}
                    Ok(_) | Err(Errno::AGAIN) => break,
                    Err(errno) => return Err(errno.into()),
                }
            }
        }
        let through = if flow == Flow::ToServer {
            sent
        } else {
            received
        };
        let bytes = through as u64;
        match clock.look(bytes)? {
            Now::AsBefore => {}
            Now::Warm => (sent, received) = (0, 0),
            Now::Over(cost) => return Ok(Flowed { bytes, cost }),
        }
    }
}
