//! Connections that come, send one message, have it answered, and go.

use std::os::fd::{AsFd, OwnedFd};

use rustix::event::epoll::EventFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::socket::{Waiter, connecting};
use super::{Clock, Cost, Now, Times};
use crate::error::{Result, error};
use crate::process::Server;

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visits {
    pub(crate) connections: u64,
    pub(crate) cost: Cost,
}

const MESSAGE: [u8; 64] = [b'c'; 64];

/// Has so many connections come and go at a time.
pub(crate) fn visit(server: &Server, at_a_time: usize, times: Times) -> Result<Visits> {
    let mut waiter = Waiter::new()?;
    let mut turn = 0;
    let mut come = |waiter: &Waiter, number: usize| -> Result<OwnedFd> {
        turn += 1;
        let fd = connecting(&server.place, turn)?;
        waiter.add(fd.as_fd(), number, EventFlags::OUT)?;
        Ok(fd)
    };
    let mut fds = Vec::new();
    for number in 0..at_a_time {
        fds.push(come(&waiter, number)?);
    }
    let mut connections = 0;
    let mut ready = Vec::new();
    let mut clock = Clock::start(server, times);
    loop {
        ready.clear();
        ready.extend(waiter.wait()?);
        for &(number, flags) in &ready {
            if flags.contains(EventFlags::OUT) {
                send(&fds[number], &MESSAGE, SendFlags::NOSIGNAL)?;
                waiter.modify(&fds[number], number, EventFlags::IN)?;
                continue;
            }
            let mut answer = MESSAGE;
            match recv(&fds[number], &mut answer, RecvFlags::empty()) {
                Ok((count, _)) if count == MESSAGE.len() => {}
                Err(Errno::AGAIN) => continue,
                Ok(_) => return Err(error("the answer is short")),
                Err(errno) => return Err(errno.into()),
            }
            connections += 1;
            fds[number] = come(&waiter, number)?;
        }
        match clock.look(connections)? {
            Now::AsBefore => {}
            Now::Warm => connections = 0,
            Now::Over(cost) => return Ok(Visits { connections, cost }),
        }
    }
}
