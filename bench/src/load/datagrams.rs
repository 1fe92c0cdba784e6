//! Datagrams to and fro, so many on their way at a time.

use std::io::IoSlice;
use std::net::UdpSocket;
use std::os::fd::AsFd;

use rustix::event::epoll::EventFlags;
use uvox_loop::Errno;
use uvox_loop::sys::{Control, Message, RecvBatch, SendBatch, receive_coalesced};

use super::socket::Waiter;
use super::{Clock, Cost, Now, Times};
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

/// The longest that there are; coalesced, it is as long as datagrams can be.
const LONGEST: usize = 2048;
const COALESCED: usize = 64 * 1024;

/// How many go as one at most, so that even the longer ones are no longer than datagrams can be.
const AS_ONE: usize = 32;

/// What the client leaves to its kernel, as to a network card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offload {
    /// Nothing.
    Nothing,
    /// It takes as one what was sent as one (`UDP_GRO`). Else the loopback interface takes it apart, and the sender pays for that.
    Receiving,
    /// It also sends as one (`UDP_SEGMENT`).
    Both,
}

/// The client's socket, and how long what it receives is at most.
fn connect(server: &Server, offload: Offload) -> Result<(UdpSocket, usize)> {
    let Place::Internet(address) = &server.place else {
        return Err(error("datagrams go to an address"));
    };
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(address)?;
    socket.set_nonblocking(true)?;
    if offload == Offload::Nothing {
        return Ok((socket, LONGEST));
    }
    receive_coalesced(socket.as_fd(), true)?;
    Ok((socket, COALESCED))
}

/// The client sends and receives in batches itself, so that it is not the limit; it sends as many as came back.
pub(crate) fn datagrams(
    server: &Server,
    size: usize,
    offload: Offload,
    times: Times,
) -> Result<Sent> {
    let (socket, longest) = connect(server, offload)?;
    let mut waiter = Waiter::new()?;
    waiter.add(socket.as_fd(), 0, EventFlags::IN)?;
    let mut incoming = RecvBatch::new(ON_THEIR_WAY);
    let mut outgoing = SendBatch::new(ON_THEIR_WAY);
    let mut buffer = vec![0; ON_THEIR_WAY * longest];
    let message = vec![b'c'; size * AS_ONE];
    let mut send = |count: usize| {
        let as_one = if offload == Offload::Both { AS_ONE } else { 1 };
        let slices: Vec<[IoSlice<'_>; 1]> = (0..count)
            .step_by(as_one)
            .map(|sent| [IoSlice::new(&message[..size * as_one.min(count - sent)])])
            .collect();
        let messages = slices.iter().map(|slice| Message {
            buffers: slice,
            to: None,
            control: Control {
                segment_size: (slice[0].len() > size).then_some(size as u16),
                ..Control::default()
            },
        });
        let sent = outgoing.send(socket.as_fd(), messages)?;
        Ok::<usize, Errno>(count.min(sent * as_one))
    };
    let mut clock = Clock::start(server, times);
    let (mut datagrams, mut lost) = (0, 0);
    let mut on_their_way = send(ON_THEIR_WAY)?;
    loop {
        if waiter.wait()?.next().is_none() {
            // Whatever was on its way does not come any more.
            lost += on_their_way as u64;
            on_their_way = 0;
        } else if incoming.recv(socket.as_fd(), &mut buffer, longest).is_ok() {
            let count: usize = incoming.iter().map(|one| one.range.len() / size).sum();
            datagrams += count as u64;
            on_their_way = on_their_way.saturating_sub(count);
        }
        on_their_way += send(ON_THEIR_WAY - on_their_way).unwrap_or(0);
        match clock.look(datagrams)? {
            Now::AsBefore => {}
            Now::Warm => (datagrams, lost) = (0, 0),
            Now::Over(cost) => {
                return Ok(Sent {
                    datagrams,
                    lost,
                    cost,
                });
            }
        }
    }
}
