//! `uvox udp-echo`.

use std::cell::Cell;
use std::net::SocketAddr;
use std::rc::Rc;

use anyhow::Result;
use uvox::dgram::{BindOptions, Socket, SocketOptions, Type};
use uvox::dns::{self, LookupOptions};
use uvox::env::{self, Env};
use uvox::event_loop::{Ctx, Errno};
use uvox::udp::uv::Batch;
use uvox::{Error, udp};

use crate::failure::{Failure, describe};
use crate::serve::{announce, counted, place};
use crate::{Outcome, interrupt};

/// Send back every datagram to whoever sent it.
///
/// They are received and sent back as many at a time as there are. What the kernel has no room for is lost, as datagrams are, so memory stays flat. Ctrl-C ends
/// it, and says how many there were.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The address to receive at; :: for all
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// The port to receive at; 0 for any that is free
    #[arg(long, default_value_t = 8124)]
    port: u16,
}

/// What became of the datagrams.
#[derive(Debug, Default)]
struct Counted {
    sent_back: Cell<u64>,
    lost: Cell<u64>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    let mut env = Env::new().map_err(|error| Failure::of(&error))?;
    let begun = env::enter(&mut env, |cx| begin(cx, &arguments.host, arguments.port));
    begun
        .unwrap_or(Ok(()))
        .map_err(|error| Failure::of(&error))?;
    env.run().map_err(|error| Failure::of(&error))?;
    Ok(Outcome::Well)
}

fn begin(cx: &mut Ctx, host: &str, port: u16) -> Result<(), Error> {
    let count = Rc::new(Counted::default());
    let told = count.clone();
    interrupt::watch(cx, move |cx, error| {
        let sent = counted(told.sent_back.get(), "datagram", "datagrams");
        let message = match told.lost.get() {
            0 => format!("{error}: {sent} sent back"),
            lost => format!("{error}: {sent} sent back, {lost} lost"),
        };
        env::throw(cx, Error::new(error.code().to_owned(), message));
    })?;
    // Which kind of socket it is the address says.
    dns::lookup(cx, host, LookupOptions::default(), move |cx, found| {
        let begun = found.and_then(|found| {
            let kind = match found.ip.is_ipv4() {
                true => Type::Udp4,
                false => Type::Udp6,
            };
            let socket = Socket::new(cx, SocketOptions::new(kind));
            listen(cx, socket, count)?;
            socket.bind(cx, BindOptions::port(port).address(found.to_string()))
        });
        if let Err(error) = begun {
            env::throw(cx, error);
        }
    });
    Ok(())
}

fn listen(cx: &mut Ctx, socket: Socket, count: Rc<Counted>) -> Result<(), Error> {
    socket.on_listening(cx, |cx, socket| match socket.address(cx) {
        Ok(udp::node::AddressInfo { address, port, .. }) => announce(cx, &place(&address, port)),
        Err(error) => env::throw(cx, error),
    });
    socket.on_error(cx, |cx, socket, error| match socket.address(cx) {
        Ok(_) if error.syscall() == Some("recvmsg") => log::warn!("{}", describe(error)),
        _ => env::throw(cx, error.clone()),
    });
    socket.on_messages(cx, move |cx, socket, batch| {
        send_back(cx, socket, batch, &count);
    })
}

fn send_back(cx: &mut Ctx, socket: Socket, batch: &mut Batch<'_>, count: &Counted) {
    let answers: Vec<(&[u8], Option<SocketAddr>)> = batch
        .map(|datagram| (datagram.bytes, datagram.sender()))
        .collect();
    let mut rest = &answers[..];
    // Each pass takes one at least.
    while !rest.is_empty() {
        let (done, lost) = match socket.send_batch(cx, rest.iter().copied()) {
            // There is no room, and to wait for it would be to keep them.
            Ok(0) => (0, rest.len()),
            Ok(sent) => (sent, 0),
            Err(error) if matches!(error.errno(), Some(Errno::EAGAIN | Errno::ENOBUFS)) => {
                (0, rest.len())
            }
            // It concerns the first of them alone.
            Err(error) => {
                log::info!("{}", describe(&error));
                (0, 1)
            }
        };
        count.sent_back.set(count.sent_back.get() + done as u64);
        count.lost.set(count.lost.get() + lost as u64);
        rest = &rest[done + lost..];
    }
}
