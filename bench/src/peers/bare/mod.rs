//! A loop on epoll with nothing around it: what the kernel asks for, and no more. Nobody would want to write a program so; it is the floor.

mod jobs;
mod relay;
mod udp;

use std::mem::MaybeUninit;
use std::net::TcpListener;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixListener;

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, CreateFlags, EventData, EventFlags};
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, SocketFlags, accept_with, recv, send};
use slab::Slab;

pub(crate) use jobs::work;

use self::relay::Pipe;
use crate::error::Result;
use crate::peers::{LOCALHOST, Pairs};
use crate::serve::{BACKLOG, Order, PIECE, PIECES, Service, announce};

/// The number that stands for the listener.
const LISTENER: u64 = u64::MAX;

/// How many events are taken at a time, as libuv does.
const EVENTS: usize = 1024;

struct Connection {
    fd: OwnedFd,
    /// Where it relays to, or what relays to it.
    to: Option<usize>,
    from: Option<usize>,
    /// What was read and could not be sent yet.
    rest: Vec<u8>,
    /// What it relays goes through this, if it is spliced.
    pipe: Option<Pipe>,
}

struct Server {
    epoll: OwnedFd,
    listener: OwnedFd,
    service: Service,
    connections: Slab<Connection>,
    pairs: Pairs<usize>,
    buffer: Box<[MaybeUninit<u8>]>,
    is_tcp: bool,
}

pub(crate) fn serve(order: &Order) -> Result<()> {
    if order.service.is_udp() {
        return udp::serve(order.service);
    }
    let listener: OwnedFd = match &order.unix {
        None => TcpListener::bind(LOCALHOST)?.into(),
        Some(path) => UnixListener::bind(path)?.into(),
    };
    rustix::net::listen(&listener, BACKLOG)?;
    rustix::io::ioctl_fionbio(&listener, true)?;
    let epoll = epoll::create(CreateFlags::CLOEXEC)?;
    epoll::add(
        &epoll,
        &listener,
        EventData::new_u64(LISTENER),
        EventFlags::IN,
    )?;
    let mut server = Server {
        epoll,
        listener,
        service: order.service,
        connections: Slab::new(),
        pairs: Pairs::default(),
        buffer: Box::new_uninit_slice(PIECE),
        is_tcp: order.unix.is_none(),
    };
    match &order.unix {
        None => {
            let socket = socket2::SockRef::from(&server.listener);
            let address = socket.local_addr()?.as_socket();
            announce(address.expect("an internet socket has such an address"))?;
        }
        Some(path) => announce(path.display())?,
    }
    server.run()
}

impl Server {
    fn run(&mut self) -> Result<()> {
        let mut events = Vec::with_capacity(EVENTS);
        loop {
            match epoll::wait(&self.epoll, spare_capacity(&mut events), None) {
                Ok(_) | Err(Errno::INTR) => {}
                Err(errno) => return Err(errno.into()),
            }
            for event in events.drain(..) {
                match event.data.u64() {
                    LISTENER => self.accept()?,
                    number => self.ready(number as usize, event.flags),
                }
            }
        }
    }

    fn accept(&mut self) -> Result<()> {
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        while let Ok(fd) = accept_with(&self.listener, flags) {
            if self.is_tcp {
                rustix::net::sockopt::set_tcp_nodelay(&fd, true)?;
            }
            let number = self.connections.insert(Connection {
                fd,
                to: None,
                from: None,
                rest: Vec::new(),
                pipe: None,
            });
            let pair = match self.service {
                Service::Relay | Service::Splice => self.pairs.add(number),
                _ => None,
            };
            if let Some((from, to)) = pair {
                self.connections[from].to = Some(to);
                self.connections[to].from = Some(from);
                if self.service == Service::Splice {
                    self.connections[to].pipe = Some(Pipe::new()?);
                }
                self.watch(from, EventFlags::IN, true)?;
                self.watch(to, EventFlags::empty(), true)?;
            }
            match self.service {
                Service::Echo | Service::Sink => self.watch(number, EventFlags::IN, true)?,
                Service::Source => self.watch(number, EventFlags::OUT, true)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn watch(&self, number: usize, flags: EventFlags, is_new: bool) -> Result<(), Errno> {
        let fd = self.connections[number].fd.as_fd();
        let data = EventData::new_u64(number as u64);
        if is_new {
            epoll::add(&self.epoll, fd, data, flags)
        } else {
            epoll::modify(&self.epoll, fd, data, flags)
        }
    }

    fn close(&mut self, number: usize) {
        if let Some(connection) = self.connections.try_remove(number) {
            for other in [connection.to, connection.from].into_iter().flatten() {
                self.connections.try_remove(other);
            }
        }
    }

    /// Serves a connection. What goes wrong with it, and its end, ends it.
    fn ready(&mut self, number: usize, flags: EventFlags) {
        if !self.connections.contains(number) {
            return;
        }
        let served = match self.service {
            Service::Echo => self.echo(number, flags),
            Service::Sink => self.sink(number),
            Service::Source => self.source(number),
            Service::Relay => self.relay(number, flags),
            Service::Splice => self.splice(number, flags),
            // Those are no streams'.
            Service::UdpEcho | Service::UdpBatch | Service::UdpAlone => Ok(()),
        };
        if served.is_err() {
            self.close(number);
        }
    }

    fn echo(&mut self, number: usize, flags: EventFlags) -> Result<(), Errno> {
        let connection = &mut self.connections[number];
        if flags.contains(EventFlags::OUT) && !connection.rest.is_empty() {
            return self.send_rest(number, number);
        }
        let Some(bytes) = received(&connection.fd, &mut self.buffer)? else {
            return Ok(());
        };
        let sent = sent(&connection.fd, bytes)?;
        if sent < bytes.len() {
            connection.rest.extend_from_slice(&bytes[sent..]);
            return self.watch(number, EventFlags::OUT, false);
        }
        Ok(())
    }

    fn sink(&mut self, number: usize) -> Result<(), Errno> {
        for _ in 0..PIECES {
            let got = received(&self.connections[number].fd, &mut self.buffer)?;
            if got.is_none_or(|bytes| bytes.len() < PIECE) {
                break;
            }
        }
        Ok(())
    }

    fn source(&mut self, number: usize) -> Result<(), Errno> {
        static BYTES: [u8; PIECE] = [b'u'; PIECE];
        for _ in 0..PIECES {
            if sent(&self.connections[number].fd, &BYTES)? < PIECE {
                break;
            }
        }
        Ok(())
    }
}

/// What has come, if anything has. The end is an error.
#[inline]
fn received<'a>(
    fd: &OwnedFd,
    buffer: &'a mut [MaybeUninit<u8>],
) -> Result<Option<&'a [u8]>, Errno> {
    match recv(fd, buffer, RecvFlags::empty()) {
        Ok(((bytes, _), _)) if !bytes.is_empty() => Ok(Some(bytes)),
        Ok(_) => Err(Errno::PIPE),
        Err(Errno::AGAIN) => Ok(None),
        Err(errno) => Err(errno),
    }
}

/// How much of it goes out now.
#[inline]
fn sent(fd: &OwnedFd, bytes: &[u8]) -> Result<usize, Errno> {
    match send(fd, bytes, SendFlags::NOSIGNAL) {
        Err(Errno::AGAIN) => Ok(0),
        sent => sent,
    }
}
