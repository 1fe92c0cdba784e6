//! Datagrams to and fro, so many on their way at a time.

use std::io::IoSlice;
use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::time::Instant;

use rustix::event::epoll::EventFlags;
use uvox_loop::sys::{Control, Message, RecvBatch, SendBatch};

use super::socket::Waiter;
use super::{Cost, Meter, Times};
use crate::error::{Result, error};
use crate::process::{Place, Server};

/// What came of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    /// How many came back.
    pub(crate) datagrams: u64,
    /// How many did not, for a socket's buffer was full, say.
    pub(crate) lost: u64,
    pub(crate) cost: Cost,
}

/// How many are on their way: as many as any socket's buffer holds.
const ON_THEIR_WAY: usize = 64;

/// The longest that there are.
const LONGEST: usize = 2048;

/// The client sends and receives in batches itself, so that it is not the limit; it sends as many as came back.
pub(crate) fn datagrams(server: &Server, size: usize, times: Times) -> Result<Sent> {
    let Place::Internet(address) = &server.place else {
        return Err(error("datagrams go to an address"));
    };
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(address)?;
    socket.set_nonblocking(true)?;
    let mut waiter = Waiter::new()?;
    waiter.add(socket.as_fd(), 0, EventFlags::IN)?;
    let mut incoming = RecvBatch::new(ON_THEIR_WAY);
    let mut outgoing = SendBatch::new(ON_THEIR_WAY);
    let mut buffer = vec![0; ON_THEIR_WAY * LONGEST];
    let message = vec![b'c'; size];
    let slice = [IoSlice::new(&message)];
    let mut send = |count: usize| {
        let message = Message {
            buffers: &slice,
            to: None,
            control: Control::default(),
        };
        outgoing.send(socket.as_fd(), std::iter::repeat_n(message, count))
    };
    let start = Instant::now();
    let mut meter = None;
    let (mut datagrams, mut lost) = (0, 0);
    let mut on_their_way = send(ON_THEIR_WAY)?;
    loop {
        if waiter.wait()?.next().is_none() {
            // Whatever was on its way does not come any more.
            lost += on_their_way as u64;
            on_their_way = 0;
        } else if let Ok(count) = incoming.recv(socket.as_fd(), &mut buffer, LONGEST) {
            datagrams += count as u64;
            on_their_way = on_their_way.saturating_sub(count);
        }
        on_their_way += send(ON_THEIR_WAY - on_their_way).unwrap_or(0);
        let now = Instant::now();
        match meter.take() {
            None if now - start >= times.warm_up => {
                (datagrams, lost) = (0, 0);
                meter = Some(Meter::start(server)?);
            }
            Some(running) if now - start >= times.warm_up + times.measured => {
                let cost = Meter::stop(running, server)?;
                return Ok(Sent {
                    datagrams,
                    lost,
                    cost,
                });
            }
            other => meter = other,
        }
    }
}
