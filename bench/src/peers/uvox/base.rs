//! The Node room: `StreamBase` over a uv stream, as Node's JavaScript uses it.

use std::cell::RefCell;
use std::io::IoSlice;
use std::rc::Rc;

use uvox_loop::{Ctx, RunMode};
use uvox_pipe::node::{PipeWrap, SocketType as PipeType};
use uvox_stream::node::{
    ConnectionWrap, HandleWrap, PipeOptions, StreamBase, StreamPipe, StreamWriteResult,
};
use uvox_tcp::node::{SocketType as TcpType, TcpWrap};

use super::event_loop;
use crate::error::Result;
use crate::peers::{LOCALHOST, Pairs};
use crate::serve::{BACKLOG, Order, PIECE, PIECES, Service, announce};

static BYTES: [u8; PIECE] = [b'u'; PIECE];

pub(crate) fn serve(order: &Order) -> Result<()> {
    let mut lp = event_loop()?;
    let service = order.service;
    let pairs = Rc::new(RefCell::new(Pairs::default()));
    let start = move |cx: &mut Ctx, base| start(cx, service, base, &pairs);
    match &order.unix {
        None => {
            let server = TcpWrap::new(&mut lp, TcpType::Server);
            server.bind(&mut lp, &LOCALHOST.0.to_string(), LOCALHOST.1)?;
            server.set_on_connection(&mut lp, move |cx, _, client| {
                if let Ok(client) = client {
                    client
                        .set_no_delay(cx, true)
                        .expect("the connection is open");
                    start(cx, client.stream_base());
                }
            });
            server.listen(&mut lp, BACKLOG)?;
            let address = server.getsockname(&mut lp)?;
            announce(format_args!("{}:{}", address.address, address.port))?;
        }
        Some(path) => {
            let server = PipeWrap::new(&mut lp, PipeType::Server);
            server.bind(&mut lp, path)?;
            server.set_on_connection(&mut lp, move |cx, _, client: std::result::Result<_, _>| {
                if let Ok(client) = client {
                    start(cx, PipeWrap::stream_base(client));
                }
            });
            server.listen(&mut lp, BACKLOG)?;
            announce(path.display())?;
        }
    }
    lp.run(RunMode::Default)?;
    Ok(())
}

fn start(cx: &mut Ctx, service: Service, base: StreamBase, pairs: &RefCell<Pairs<StreamBase>>) {
    match service {
        Service::Echo => read(cx, base, |cx, base, bytes| {
            let written = base.write(cx, &[IoSlice::new(bytes)], |_, _, _| ());
            close_if_failed(cx, base, &written);
        }),
        Service::Sink => read(cx, base, |_, _, _| ()),
        Service::Source => fill(cx, base),
        // Those are no streams'.
        Service::UdpEcho | Service::UdpBatch | Service::UdpAlone => base.close(cx, |_| ()),
        Service::Relay | Service::Splice => {
            let Some((from, to)) = pairs.borrow_mut().add(base) else {
                return;
            };
            let options = PipeOptions {
                end: false,
                splice: service == Service::Splice,
            };
            let pipe = StreamPipe::new(cx, from, to, options, move |cx, _, _| {
                from.close(cx, |_| ());
                to.close(cx, |_| ());
            });
            pipe.and_then(|pipe| pipe.start(cx)).expect("both are open");
        }
    }
}

/// Hands what comes to `on_bytes`; closes at the end.
fn read(
    cx: &mut Ctx,
    base: StreamBase,
    mut on_bytes: impl FnMut(&mut Ctx, StreamBase, &[u8]) + 'static,
) {
    base.set_on_read(cx, move |cx, base, got| match got {
        Ok(bytes) => on_bytes(cx, base, bytes),
        Err(_) => base.close(cx, |_| ()),
    });
    base.read_start(cx).expect("the connection is open");
}

fn close_if_failed(cx: &mut Ctx, base: StreamBase, written: &StreamWriteResult) {
    if written.err.is_some() {
        base.close(cx, |_| ());
    }
}

fn fill(cx: &mut Ctx, base: StreamBase) {
    for _ in 0..PIECES {
        let written = base.write(cx, &[IoSlice::new(&BYTES)], |cx, base, _| fill(cx, base));
        close_if_failed(cx, base, &written);
        if written.is_async || written.err.is_some() {
            return;
        }
    }
    // The kernel takes it as fast as we give it. The others first: there is no request to wait for, but a turn.
    let again = uvox_loop::Check::new(cx);
    let idle = uvox_loop::Idle::new(cx);
    let _ = idle.start(cx, |_, _| ());
    let _ = again.start(cx, move |cx, again| {
        let _ = cx.close(again, |_| ());
        let _ = cx.close(idle, |_| ());
        fill(cx, base);
    });
}
