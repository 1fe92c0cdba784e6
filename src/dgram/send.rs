//! Sending (`Socket.prototype.send`, `doSend`).

use std::io::IoSlice;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno, emit, trace};
use uvox_udp::node::Sent;

use super::bind::{bind, bind_now, look_up_name};
use super::errors;
use super::options::{BindOptions, Type};
use super::payload::{Payload, Target, check_port};
use super::queue::enqueue;
use super::socket::{Binding, Connection, Socket};
use crate::{Error, env, listeners};

pub(super) type Callback = Box<dyn FnOnce(&mut Ctx, Result<usize, Error>)>;

impl Socket {
    /// Sends a datagram (`send`): at once, if the kernel takes it. A socket that was not bound is bound first; a name is looked up first, and so is, as in Node, an
    /// address, in a tick. That it could not be sent is told to nobody but who gives a [callback](Socket::send_then); that a name is not known, by 'error'.
    ///
    /// # Errors
    ///
    /// What is wrong from the outset: `ERR_SOCKET_DGRAM_NOT_RUNNING`, `ERR_SOCKET_BAD_PORT`, also if there is no target and it is not connected,
    /// `ERR_SOCKET_DGRAM_IS_CONNECTED` if it is, and there is one.
    pub fn send(
        self,
        cx: &mut Ctx,
        payload: impl Into<Payload>,
        to: impl Into<Target>,
    ) -> Result<(), Error> {
        let (payload, to) = (payload.into(), to.into());
        listeners::leaf(cx, |cx| send(cx, self, payload, to, None))
    }

    /// The same, and calls back when it is sent, with how many bytes, or when it has failed (`send EMSGSIZE 127.0.0.1:41234`): in a tick at the earliest.
    ///
    /// # Errors
    ///
    /// As [`Socket::send`]; the callback is dropped then.
    pub fn send_then(
        self,
        cx: &mut Ctx,
        payload: impl Into<Payload>,
        to: impl Into<Target>,
        callback: impl FnOnce(&mut Ctx, Result<usize, Error>) + 'static,
    ) -> Result<(), Error> {
        let (payload, to) = (payload.into(), to.into());
        let callback: Callback = Box::new(callback);
        listeners::leaf(cx, |cx| send(cx, self, payload, to, Some(callback)))
    }

    /// Sends many datagrams, each with as few system calls as there can be, to addresses, or on a connected socket to `None`; and says how many the kernel took. The
    /// rest was not sent: it has no room, and may be sent later. Nothing is looked up, and nobody called back. A socket that was not bound is bound at once, and
    /// 'listening' follows. Node has nothing of the kind.
    ///
    /// # Errors
    ///
    /// `ERR_SOCKET_DGRAM_NOT_RUNNING`; what the kernel says to the first of them (`send EAGAIN`, `send EMSGSIZE`); `send EAGAIN` also while it is being bound, or
    /// sends are queued; what the kernel says when it is bound (`bind EMFILE`).
    pub fn send_batch<'a>(
        self,
        cx: &mut Ctx,
        messages: impl IntoIterator<Item = (&'a [u8], Option<std::net::SocketAddr>)>,
    ) -> Result<usize, Error> {
        use uvox_loop::sys::{Message, RawAddress};
        let wrap = self.running(cx)?;
        let udp = wrap.udp(cx).ok_or_else(errors::not_running)?;
        let (slices, addresses): (Vec<_>, Vec<_>) = messages
            .into_iter()
            .map(|(bytes, to)| ([IoSlice::new(bytes)], to.map(RawAddress::from)))
            .unzip();
        if slices.is_empty() {
            return Ok(0);
        }
        listeners::leaf(cx, |cx| bind_now(cx, self))?;
        let messages: Vec<Message<'_>> = slices
            .iter()
            .zip(&addresses)
            .map(|(slice, to)| Message {
                buffers: slice,
                to: to.as_ref(),
                control: Default::default(),
            })
            .collect();
        udp.try_send_batch(cx, &messages)
            .map_err(|errno| Error::system(errno, "send"))
    }
}

pub(super) fn send(
    cx: &mut Ctx,
    socket: Socket,
    payload: Payload,
    to: Target,
    callback: Option<Callback>,
) -> Result<(), Error> {
    let Some(state) = socket.state(cx) else {
        return Err(errors::not_running());
    };
    let connected = state.connection == Connection::Connected;
    let port = match (connected, to.port) {
        (true, None) if to.address.is_none() => None,
        (true, _) => return Err(errors::is_connected()),
        (false, port) => Some(check_port(port)?),
    };
    if state.wrap.is_none() {
        return Err(errors::not_running());
    }
    if state.binding == Binding::Unbound {
        bind(cx, socket, BindOptions::new())?;
    }
    if socket
        .state(cx)
        .is_some_and(|state| state.binding != Binding::Bound)
    {
        enqueue(cx, socket, move |cx| {
            // What is wrong now was not when it was made: it may be closed, or connected.
            send(cx, socket, payload, to, callback)
        });
        return Ok(());
    }
    let address = to.address;
    let Some(port) = port else {
        do_send(cx, socket, payload, None, callback);
        return Ok(());
    };
    let name = address.clone();
    look_up_name(cx, socket, name.as_deref(), move |cx, found| match found {
        Ok(found) => {
            let ip = found.to_string();
            let to = To { ip, address, port };
            do_send(cx, socket, payload, Some(to), callback);
        }
        Err(error) => env::next_tick(cx, move |cx| match callback {
            Some(callback) => listeners::in_callback(cx, |cx| callback(cx, Err(error))),
            None => socket.emit_error(cx, error),
        }),
    });
    Ok(())
}

/// Where to, as it was said, and as it was found.
struct To {
    ip: String,
    address: Option<String>,
    port: u16,
}

/// `doSend`.
fn do_send(
    cx: &mut Ctx,
    socket: Socket,
    payload: Payload,
    to: Option<To>,
    callback: Option<Callback>,
) {
    let Some(wrap) = socket.wrap(cx) else {
        return;
    };
    let bytes = payload.len();
    let _cause = emit!(Net, "dgram.send" @ socket.0, bytes = bytes).map(trace::cause);
    // One that has no piece is an empty datagram.
    let empty = [Bytes::new()];
    let pieces = if payload.0.is_empty() {
        &empty[..]
    } else {
        &payload.0
    };
    let slices: Vec<IoSlice<'_>> = pieces.iter().map(|piece| IoSlice::new(piece)).collect();
    let kind = socket.state(cx).map(|state| state.options.kind);
    // Whoever waits is told once: of what comes later by the wrap, and by the result of the call otherwise.
    let callback = std::rc::Rc::new(std::cell::Cell::new(callback));
    let later = callback.clone();
    let about = to.as_ref().map(|to| {
        let address = to.address.as_ref().unwrap_or(&to.ip);
        (address.clone(), to.port)
    });
    let failed = move |errno: Errno| describe(errno, about);
    let failed_later = failed.clone();
    let after = move |cx: &mut Ctx, _, status: Result<usize, Errno>| {
        if let Some(callback) = later.take() {
            let result = status.map_err(failed_later);
            env::enter(cx, |cx| {
                listeners::in_callback(cx, |cx| callback(cx, result))
            });
        }
    };
    let sent = match (&to, kind) {
        (None, _) => wrap.send_connected(cx, &slices, after),
        (Some(to), Some(Type::Udp6)) => wrap.send6(cx, &slices, to.port, &to.ip, after),
        (Some(to), _) => wrap.send(cx, &slices, to.port, &to.ip, after),
    };
    let result = match sent {
        Ok(Sent::Later(_)) => return,
        Ok(Sent::Now(bytes)) => Ok(bytes),
        Err(errno) => Err(failed(errno)),
    };
    if let Some(callback) = callback.take() {
        env::next_tick(cx, move |cx| {
            listeners::in_callback(cx, |cx| callback(cx, result));
        });
    }
}

/// `ExceptionWithHostPort`.
fn describe(errno: Errno, about: Option<(String, u16)>) -> Error {
    let error = Error::system(errno, "send");
    match about {
        Some((address, port)) => error.at(address, Some(port)),
        None => error,
    }
}
