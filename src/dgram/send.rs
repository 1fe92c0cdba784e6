//! Sending (`Socket.prototype.send`, `doSend`).

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::IoSlice;
use std::net::SocketAddr;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, Handle, emit, sys, trace};
use uvox_udp::node::UdpWrap;

use super::bind::{bind, bind_now, look_up_name};
use super::errors;
use super::options::BindOptions;
use super::payload::{Host, Payload, Target, check_port};
use super::queue::enqueue;
use super::socket::{Binding, Connection, Socket, SocketState};
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
    pub fn send<'a>(
        self,
        cx: &mut Ctx,
        payload: impl Into<Payload<'a>>,
        to: impl Into<Target>,
    ) -> Result<(), Error> {
        send(cx, self, payload.into(), to.into(), None)
    }

    /// The same, and calls back when it is sent, with how many bytes, or when it has failed (`send EMSGSIZE 127.0.0.1:41234`): in a tick at the earliest.
    ///
    /// # Errors
    ///
    /// As [`Socket::send`]; the callback is dropped then.
    pub fn send_then<'a>(
        self,
        cx: &mut Ctx,
        payload: impl Into<Payload<'a>>,
        to: impl Into<Target>,
        callback: impl FnOnce(&mut Ctx, Result<usize, Error>) + 'static,
    ) -> Result<(), Error> {
        let callback: Callback = Box::new(callback);
        send(cx, self, payload.into(), to.into(), Some(callback))
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
        messages: impl IntoIterator<Item = (&'a [u8], Option<SocketAddr>)>,
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

/// What waits for its tick, in order.
#[derive(Default)]
pub(super) struct Sending(VecDeque<Datagram>);

/// A datagram, and where it goes.
struct Datagram {
    payload: Payload<'static>,
    to: To,
    callback: Option<Callback>,
}

/// How many there is room for at most when none waits.
const KEPT: usize = 64;

impl Sending {
    fn pop(&mut self) -> Option<Datagram> {
        let first = self.0.pop_front();
        if self.0.is_empty() && self.0.capacity() > KEPT {
            self.0 = VecDeque::new();
        }
        first
    }
}

fn send(
    cx: &mut Ctx,
    socket: Socket,
    payload: Payload<'_>,
    to: Target,
    callback: Option<Callback>,
) -> Result<(), Error> {
    let Some(state) = socket.state(cx) else {
        return Err(errors::not_running());
    };
    let connected = state.connection == Connection::Connected;
    let port = match (connected, to.port) {
        (true, None) if to.host.is_none() => None,
        (true, _) => return Err(errors::is_connected()),
        (false, port) => Some(check_port(port)?),
    };
    if state.wrap.is_none() {
        return Err(errors::not_running());
    }
    if state.binding != Binding::Bound {
        let payload = payload.keep(&mut env::of(cx).arena);
        return listeners::leaf(cx, |cx| send_when_bound(cx, socket, payload, to, callback));
    }
    let Some(port) = port else {
        do_send(cx, socket, &payload, None, callback);
        return Ok(());
    };
    let is_asked = state.options.resolver.is_some();
    let address = to.host.as_ref().and_then(Host::address);
    let payload = payload.keep(&mut env::of(cx).arena);
    match address.filter(|_| !is_asked) {
        Some(address) => {
            let to = To {
                address: address.with_port(port),
                said: to.host.and_then(Host::into_name),
            };
            send_in_a_tick(cx, socket, payload, to, callback);
        }
        None => listeners::leaf(cx, |cx| {
            let name = to.host.map(|host| host.text());
            look_up_and_send(cx, socket, payload, name, port, callback);
        }),
    }
    Ok(())
}

fn send_when_bound(
    cx: &mut Ctx,
    socket: Socket,
    payload: Payload<'static>,
    to: Target,
    callback: Option<Callback>,
) -> Result<(), Error> {
    let unbound = |state: &SocketState| state.binding == Binding::Unbound;
    if socket.state(cx).is_some_and(unbound) {
        bind(cx, socket, BindOptions::new())?;
    }
    enqueue(cx, socket, move |cx| {
        // What is wrong now was not when it was made: it may be closed, or connected.
        send(cx, socket, payload, to, callback)
    });
    Ok(())
}

/// An address is found at once; but that is told in a tick, as everything that is looked up, and until then the socket may be closed.
fn send_in_a_tick(
    cx: &mut Ctx,
    socket: Socket,
    payload: Payload<'static>,
    to: To,
    callback: Option<Callback>,
) {
    let Some(state) = socket.state_mut(cx) else {
        return;
    };
    state.sending.0.push_back(Datagram {
        payload,
        to,
        callback,
    });
    // Each has a tick of its own, and ticks keep their order: so it is the first that waits.
    env::next_tick_of(cx, socket.0.key(), |cx, key| {
        let socket = Socket(Handle::from_key(key));
        let next = socket.state_mut(cx).and_then(|state| state.sending.pop());
        if let Some(next) = next {
            do_send(cx, socket, &next.payload, Some(next.to), next.callback);
        }
    });
}

fn look_up_and_send(
    cx: &mut Ctx,
    socket: Socket,
    payload: Payload<'static>,
    said: Option<String>,
    port: u16,
    callback: Option<Callback>,
) {
    let name = said.clone();
    look_up_name(cx, socket, name.as_deref(), move |cx, found| match found {
        Ok(found) => {
            let address = found.with_port(port);
            do_send(cx, socket, &payload, Some(To { address, said }), callback);
        }
        Err(error) => env::next_tick(cx, move |cx| match callback {
            Some(callback) => listeners::in_callback(cx, |cx| callback(cx, Err(error))),
            None => socket.emit_error(cx, error),
        }),
    });
}

/// Where to, and how that was said, if that was a text.
#[derive(Clone)]
struct To {
    address: SocketAddr,
    said: Option<String>,
}

/// `doSend`.
fn do_send(
    cx: &mut Ctx,
    socket: Socket,
    payload: &Payload<'_>,
    to: Option<To>,
    callback: Option<Callback>,
) {
    let Some(SocketState { wrap, options, .. }) = socket.state(cx) else {
        return;
    };
    let (Some(wrap), kind) = (*wrap, options.kind) else {
        return;
    };
    let _cause = emit!(Net, "dgram.send" @ socket.0, bytes = payload.len()).map(trace::cause);
    let address = to.as_ref().map(|to| to.address);
    payload.with_slices(|slices| {
        let sent = match address.is_none_or(|address| kind.has(address)) {
            true => wrap.try_send(cx, slices, address),
            false => Err(Errno::EINVAL),
        };
        if sent == Err(Errno::EAGAIN) {
            send_later(cx, wrap, slices, to, callback);
        } else if let Some(callback) = callback {
            let result = sent.map_err(|errno| describe(errno, to));
            tell_in_a_tick(cx, callback, result);
        }
    });
}

/// The kernel has no room for it right now.
#[cold]
fn send_later(
    cx: &mut Ctx,
    wrap: UdpWrap,
    slices: &[IoSlice<'_>],
    to: Option<To>,
    callback: Option<Callback>,
) {
    let address = to.as_ref().map(|to| to.address);
    // Whoever waits is told once: by the wrap, or of what is wrong with it right now.
    let callback = Rc::new(Cell::new(callback));
    let (later, about) = (callback.clone(), to.clone());
    let sent = wrap.send_later(cx, slices, address, move |cx, _, status| {
        if let Some(callback) = later.take() {
            let result = status.map_err(|errno| describe(errno, about));
            env::enter(cx, |cx| {
                listeners::in_callback(cx, |cx| callback(cx, result))
            });
        }
    });
    if let Err(errno) = sent
        && let Some(callback) = callback.take()
    {
        tell_in_a_tick(cx, callback, Err(describe(errno, to)));
    }
}

fn tell_in_a_tick(cx: &mut Ctx, callback: Callback, result: Result<usize, Error>) {
    env::next_tick(cx, move |cx| {
        listeners::in_callback(cx, |cx| callback(cx, result));
    });
}

/// `ExceptionWithHostPort`.
fn describe(errno: Errno, to: Option<To>) -> Error {
    let error = Error::system(errno, "send");
    match to {
        Some(To { address, said }) => {
            let host = said.unwrap_or_else(|| sys::ip_name(address));
            error.at(host, Some(address.port()))
        }
        None => error,
    }
}
