//! `net`, as a Node programmer would write it.

use std::cell::RefCell;
use std::rc::Rc;

use bytes::Bytes;
use uvox::env::Env;
use uvox::net::{self, ListenOptions, ServerOptions, Socket};
use uvox_loop::Ctx;
use uvox_stream::node::PipeOptions;

use crate::error::Result;
use crate::peers::{LOCALHOST, Pairs};
use crate::serve::{BACKLOG, Order, PIECE, Service, announce};

static BYTES: [u8; PIECE] = [b'u'; PIECE];

pub(crate) fn serve(order: &Order) -> Result<()> {
    let mut env = Env::new()?;
    let service = order.service;
    let pairs = RefCell::new(Pairs::default());
    let options = ServerOptions::new().no_delay(true);
    let server = net::create_server(&mut env, options, move |cx, _, socket| {
        socket.on_error(cx, |_, _, _| ());
        start(cx, service, socket, &pairs);
    });
    let place = match &order.unix {
        None => ListenOptions::port(LOCALHOST.1).host(LOCALHOST.0.to_string()),
        Some(path) => ListenOptions::path(path),
    };
    let path = order.unix.clone();
    let failed = Rc::new(RefCell::new(None));
    let told = failed.clone();
    server.listen_then(&mut env, place.backlog(BACKLOG), move |cx, server| {
        let said = match path {
            Some(path) => announce(path.display()),
            None => announce(format_args!(
                "{}:{}",
                LOCALHOST.0,
                server.port(cx).unwrap_or(0)
            )),
        };
        *told.borrow_mut() = said.err();
    })?;
    env.run()?;
    failed.take().map_or(Ok(()), Err)
}

fn start(cx: &mut Ctx, service: Service, socket: Socket, pairs: &RefCell<Pairs<Socket>>) {
    match service {
        Service::Echo => {
            socket.on_data(cx, |cx, socket, chunk| {
                socket.write(cx, chunk);
            });
        }
        Service::Sink => {
            socket.on_data(cx, |_, _, _| ());
        }
        Service::Source => {
            socket.on_drain(cx, fill);
            fill(cx, socket);
        }
        // Those are no streams'.
        Service::UdpEcho | Service::UdpBatch | Service::UdpAlone => socket.destroy(cx),
        Service::Relay => {
            if let Some((from, to)) = pairs.borrow_mut().add(socket) {
                from.pipe(cx, to.duplex());
            }
        }
        Service::Splice => {
            if let Some((from, to)) = pairs.borrow_mut().add(socket) {
                // One that is gone already has told so itself.
                let _ = from.pipe_in_kernel(cx, to, PipeOptions::default(), |_, _| ());
            }
        }
    }
}

/// Writes until it is told that it is enough.
fn fill(cx: &mut Ctx, socket: Socket) {
    while socket.write(cx, Bytes::from_static(&BYTES)) {}
}
