//! The uv room: streams as libuv has them.

use std::cell::RefCell;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, RunMode};
use uvox_pipe::uv::Pipe;
use uvox_stream::uv::Stream;
use uvox_tcp::uv::{BindFlags, Tcp};

use super::event_loop;
use crate::error::Result;
use crate::peers::{LOCALHOST, Pairs, Peer};
use crate::serve::{BACKLOG, Order, PIECE, PIECES, Service, announce};

/// Bytes to send, if it does not matter which.
static BYTES: [u8; PIECE] = [b'u'; PIECE];

pub(crate) fn serve(order: &Order) -> Result<()> {
    let mut lp = event_loop()?;
    let (peer, service) = (order.peer, order.service);
    let pairs = Rc::new(RefCell::new(Pairs::default()));
    let start = move |cx: &mut Ctx, stream| start(cx, peer, service, stream, &pairs);
    match &order.unix {
        None => {
            let server = Tcp::new(&mut lp);
            server.bind(&mut lp, LOCALHOST.into(), BindFlags::NONE)?;
            server.listen(&mut lp, BACKLOG, move |cx, _, connection| {
                let accepted = connection.and_then(|connection| Tcp::accept(cx, connection));
                if let Ok(tcp) = accepted {
                    tcp.nodelay(cx, true).expect("the connection is open");
                    start(cx, tcp.stream());
                }
            })?;
            announce(server.getsockname(&mut lp)?)?;
        }
        Some(path) => {
            let server = Pipe::new(&mut lp);
            server.bind(&mut lp, path)?;
            server.listen(&mut lp, BACKLOG, move |cx, _, connection| {
                let accepted = connection.and_then(|connection| Pipe::accept(cx, connection));
                if let Ok(pipe) = accepted {
                    start(cx, pipe.stream());
                }
            })?;
            announce(path.display())?;
        }
    }
    lp.run(RunMode::Default)?;
    Ok(())
}

fn start(
    cx: &mut Ctx,
    peer: Peer,
    service: Service,
    stream: Stream,
    pairs: &RefCell<Pairs<Stream>>,
) {
    match service {
        Service::Echo if peer == Peer::UvoxUvWrite => read(cx, stream, |cx, stream, bytes| {
            let written = stream.write(cx, bytes, |_, _, _| ());
            if written.is_err() {
                close(cx, stream);
            }
        }),
        Service::Echo => read(cx, stream, |cx, stream, bytes| {
            send(cx, stream, bytes, |_, _| ());
        }),
        Service::Sink => read(cx, stream, |_, _, _| ()),
        Service::Source => fill(cx, stream),
        // Those are no streams'.
        Service::UdpEcho | Service::UdpBatch | Service::UdpAlone => close(cx, stream),
        Service::Relay | Service::Splice => {
            let Some((from, to)) = pairs.borrow_mut().add(stream) else {
                return;
            };
            if service == Service::Splice {
                from.splice_to(cx, to, move |cx, from, _| {
                    close(cx, from);
                    close(cx, to);
                })
                .expect("both are open");
            } else {
                relay(cx, from, to);
            }
        }
    }
}

/// Hands what comes to `on_bytes`; closes at the end.
fn read(cx: &mut Ctx, stream: Stream, mut on_bytes: impl FnMut(&mut Ctx, Stream, &[u8]) + 'static) {
    let started = stream.read_start(cx, move |cx, stream, got| match got {
        Ok(bytes) => on_bytes(cx, stream, bytes),
        Err(_) => close(cx, stream),
    });
    started.expect("the connection is open");
}

fn close(cx: &mut Ctx, stream: Stream) {
    // One that is closed already stays so.
    let _ = cx.close(stream, |_| ());
}

/// Sends bytes: at once, as far as they go out, in which case this says true; else what is left later, and then `done` is called.
fn send(
    cx: &mut Ctx,
    stream: Stream,
    bytes: &[u8],
    done: impl FnOnce(&mut Ctx, Stream) + 'static,
) -> bool {
    let sent = match stream.try_write(cx, bytes) {
        Ok(sent) => sent,
        Err(Errno::EAGAIN) => 0,
        Err(_) => {
            close(cx, stream);
            return true;
        }
    };
    if sent == bytes.len() {
        return true;
    }
    let written = stream.write(cx, &bytes[sent..], move |cx, stream, _| done(cx, stream));
    if written.is_err() {
        close(cx, stream);
    }
    false
}

fn fill(cx: &mut Ctx, stream: Stream) {
    for _ in 0..PIECES {
        if !send(cx, stream, &BYTES, fill) {
            return;
        }
    }
    let written = stream.write(cx, &BYTES, |cx, stream, _| fill(cx, stream));
    if written.is_err() {
        close(cx, stream);
    }
}

/// Sends to `to` what comes from `from`, which is not read while that waits.
fn relay(cx: &mut Ctx, from: Stream, to: Stream) {
    let started = from.read_start(cx, move |cx, from, got| match got {
        Ok(bytes) => {
            if !send(cx, to, bytes, move |cx, to| relay(cx, from, to)) {
                let _ = from.read_stop(cx);
            }
        }
        Err(_) => {
            close(cx, from);
            close(cx, to);
        }
    });
    if started.is_err() {
        close(cx, to);
    }
}
