//! Datagrams by a bare loop, which is but a socket that blocks; in batches by `recvmmsg` and `sendmmsg`.

use std::io::IoSlice;
use std::net::UdpSocket;
use std::os::fd::AsFd;

use uvox_loop::sys::{Control, Message, RecvBatch, SendBatch};

use crate::error::Result;
use crate::peers::LOCALHOST;
use crate::serve::{PIECE, Service, announce};

const BATCH: usize = 64;

/// The longest datagram of those that come in batches.
const LONGEST: usize = 2048;

pub(super) fn serve(service: Service) -> Result<()> {
    let socket = UdpSocket::bind(LOCALHOST)?;
    announce(socket.local_addr()?)?;
    if service.is_udp_batch() {
        return batched(&socket);
    }
    let mut buffer = vec![0; PIECE];
    loop {
        let (count, from) = socket.recv_from(&mut buffer)?;
        socket.send_to(&buffer[..count], from)?;
    }
}

fn batched(socket: &UdpSocket) -> Result<()> {
    let mut incoming = RecvBatch::new(BATCH);
    let mut outgoing = SendBatch::new(BATCH);
    let mut buffer = vec![0; BATCH * LONGEST];
    // A loop would wait by epoll; and to receive a batch waits until it is full, unless the socket does not block.
    socket.set_nonblocking(true)?;
    let epoll = rustix::event::epoll::create(rustix::event::epoll::CreateFlags::CLOEXEC)?;
    let (data, flags) = (
        rustix::event::epoll::EventData::new_u64(0),
        rustix::event::epoll::EventFlags::IN,
    );
    rustix::event::epoll::add(&epoll, socket, data, flags)?;
    let mut events = Vec::with_capacity(1);
    loop {
        events.clear();
        let room = rustix::buffer::spare_capacity(&mut events);
        rustix::event::epoll::wait(&epoll, room, None)?;
        let Ok(count) = incoming.recv(socket.as_fd(), &mut buffer, LONGEST) else {
            continue;
        };
        let slices: [IoSlice<'_>; BATCH] = std::array::from_fn(|place| {
            let range = incoming.get(place).map_or(0..0, |datagram| datagram.range);
            IoSlice::new(&buffer[range])
        });
        let messages = (0..count).filter_map(|place| {
            Some(Message {
                buffers: std::slice::from_ref(&slices[place]),
                to: Some(incoming.get(place)?.from),
                control: Control::default(),
            })
        });
        // What the kernel does not take is lost, as datagrams may be.
        let _ = outgoing.send(socket.as_fd(), messages);
    }
}
