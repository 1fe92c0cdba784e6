//! Datagrams, sent back one by one or in batches; and by `dgram`.

use std::io::IoSlice;

use uvox::dgram::{self, BindOptions, SocketOptions};
use uvox::env::Env;
use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_udp::uv::{Batch, BindFlags, Control, Datagram, Message, RawAddress, Udp};

use crate::error::Result;
use crate::peers::{LOCALHOST, Peer};
use crate::serve::{Order, Service, announce};

pub(crate) fn serve(order: &Order) -> Result<()> {
    if order.peer == Peer::UvoxNet {
        return serve_dgram();
    }
    let mut lp = Loop::new()?;
    let udp = Udp::new(&mut lp);
    udp.bind(&mut lp, LOCALHOST.into(), BindFlags::NONE)?;
    if order.service == Service::UdpAlone {
        udp.send_coalesced(&mut lp, false)?;
        udp.receive_coalesced(&mut lp, false)?;
    }
    match order.service.is_udp_batch() {
        true => udp.recv_start_batch(&mut lp, |cx, udp, batch| {
            if let Ok(batch) = batch {
                echo_batch(cx, udp, batch);
            }
        })?,
        false => udp.recv_start(&mut lp, |cx, udp, datagram| {
            if let Ok(datagram) = datagram {
                echo(cx, udp, datagram);
            }
        })?,
    }
    announce(udp.getsockname(&mut lp)?)?;
    lp.run(RunMode::Default)?;
    Ok(())
}

fn echo(cx: &mut Ctx, udp: Udp, datagram: Datagram<'_>) {
    let to = datagram.sender();
    if udp.try_send(cx, datagram.bytes, to) == Err(Errno::EAGAIN) {
        // It is open; what becomes of a datagram nobody need know.
        let _ = udp.send(cx, datagram.bytes, to, |_, _, _| ());
    }
}

fn echo_batch(cx: &mut Ctx, udp: Udp, batch: &mut Batch<'_>) {
    let pieces: Vec<(IoSlice<'_>, &RawAddress)> = batch
        .map(|datagram| (IoSlice::new(datagram.bytes), datagram.raw_sender()))
        .collect();
    let messages: Vec<Message<'_>> = pieces
        .iter()
        .map(|(slice, to)| Message {
            buffers: std::slice::from_ref(slice),
            to: Some(to),
            control: Control::default(),
        })
        .collect();
    // What the kernel does not take is lost, as datagrams may be.
    let _ = udp.try_send_batch(cx, &messages);
}

fn serve_dgram() -> Result<()> {
    let mut env = Env::new()?;
    let socket = dgram::create_socket(&mut env, SocketOptions::udp4());
    socket.on_message(&mut env, |cx, socket, bytes, sender| {
        if let Some(to) = sender.sender() {
            let _ = socket.send(cx, bytes, to);
        }
    });
    let options = BindOptions::port(LOCALHOST.1).address(LOCALHOST.0.to_string());
    socket.bind_then(&mut env, options, |cx, socket| {
        let address = socket.address(cx).expect("it is bound");
        announce(format_args!("{}:{}", address.address, address.port)).expect("somebody listens");
    })?;
    env.run()?;
    Ok(())
}
