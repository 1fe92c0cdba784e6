//! Connections of the load generator, and what it waits with.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, CreateFlags, Event, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType};
use rustix::net::{bind, connect, socket_with, sockopt};

use crate::error::Result;
use crate::process::Place;

/// How many events are taken at a time.
const EVENTS: usize = 1024;

/// A connection that is there when this returns, and does not block from then on. When it is closed, nothing of it lingers: so ports are not used up.
pub(super) fn connected(place: &Place) -> Result<OwnedFd> {
    let fd = match place {
        Place::Internet(address) => {
            let fd = internet()?;
            connect(&fd, address)?;
            fd
        }
        Place::Unix(path) => {
            let fd = socket_with(
                AddressFamily::UNIX,
                SocketType::STREAM,
                SocketFlags::CLOEXEC,
                None,
            )?;
            connect(&fd, &SocketAddrUnix::new(path)?)?;
            fd
        }
    };
    sockopt::set_socket_linger(&fd, Some(Duration::ZERO))?;
    rustix::io::ioctl_fionbio(&fd, true)?;
    Ok(fd)
}

fn internet() -> Result<OwnedFd> {
    let fd = socket_with(
        AddressFamily::INET,
        SocketType::STREAM,
        SocketFlags::CLOEXEC,
        None,
    )?;
    sockopt::set_tcp_nodelay(&fd, true)?;
    Ok(fd)
}

/// A connection that is on its way. It comes from one of many addresses of this machine's, by turns, so that ports whose connections have just ended are
/// not in the way.
pub(super) fn connecting(place: &Place, turn: u32) -> Result<OwnedFd> {
    let Place::Internet(address) = place else {
        return connected(place);
    };
    let fd = internet()?;
    rustix::io::ioctl_fionbio(&fd, true)?;
    let [_, _, high, low] = (turn % 50_000).to_be_bytes();
    let source = Ipv4Addr::new(127, 1, high, low.max(1));
    bind(&fd, &SocketAddr::V4(SocketAddrV4::new(source, 0)))?;
    match connect(&fd, address) {
        Ok(()) | Err(Errno::INPROGRESS) => Ok(fd),
        Err(errno) => Err(errno.into()),
    }
}

/// Waits for many descriptors, each with a number.
pub(super) struct Waiter {
    epoll: OwnedFd,
    events: Vec<Event>,
}

impl Waiter {
    pub(super) fn new() -> Result<Waiter> {
        Ok(Waiter {
            epoll: epoll::create(CreateFlags::CLOEXEC)?,
            events: Vec::with_capacity(EVENTS),
        })
    }

    pub(super) fn add(&self, fd: BorrowedFd<'_>, number: usize, flags: EventFlags) -> Result<()> {
        epoll::add(&self.epoll, fd, EventData::new_u64(number as u64), flags)?;
        Ok(())
    }

    pub(super) fn modify(&self, fd: impl AsFd, number: usize, flags: EventFlags) -> Result<()> {
        epoll::modify(&self.epoll, fd, EventData::new_u64(number as u64), flags)?;
        Ok(())
    }

    /// Who is ready; nobody after a tenth of a second, so that a server that hangs is found out.
    pub(super) fn wait(&mut self) -> Result<impl Iterator<Item = (usize, EventFlags)>> {
        const LONG: Timespec = Timespec {
            tv_sec: 0,
            tv_nsec: 100_000_000,
        };
        self.events.clear();
        match epoll::wait(&self.epoll, spare_capacity(&mut self.events), Some(&LONG)) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(errno) => return Err(errno.into()),
        }
        Ok(self
            .events
            .iter()
            .map(|event| (event.data.u64() as usize, event.flags)))
    }
}
