//! Sending (`Socket.prototype.send`, `doSend`).

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::IoSlice;
use std::net::SocketAddr;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, Handle, Key, emit, sys, trace};
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
pub(super) struct Sending {
    waiting: VecDeque<Datagram>,
    /// Memory that copies were in, for others.
    rooms: Vec<Vec<u8>>,
}

/// A datagram, and where it goes.
struct Datagram {
    payload: Payload<'static>,
    to: SocketAddr,
    more: Option<Box<More>>,
}

/// What few datagrams have.
struct More {
    /// Where it goes, as it was said, if that was a text.
    host: Option<String>,
    callback: Option<Callback>,
}

impl More {
    #[inline]
    fn new(host: Option<String>, callback: Option<Callback>) -> Option<Box<More>> {
        match (&host, &callback) {
            (None, None) => None,
            _ => Some(Box::new(More { host, callback })),
        }
    }
}

/// How many there is room for when none waits, and how long copies may be whose memory is kept.
const KEPT: usize = 64;
const KEPT_BYTES: usize = 2048;

impl Sending {
    #[inline]
    fn pop(&mut self) -> Option<Datagram> {
        let first = self.waiting.pop_front();
        if self.waiting.is_empty() && self.waiting.capacity() > KEPT {
            self.waiting = VecDeque::new();
        }
        first
    }

    fn give_back(&mut self, mut room: Vec<u8>) {
        if room.capacity() <= KEPT_BYTES && self.rooms.len() < KEPT {
            room.clear();
            self.rooms.push(room);
        }
    }
}

fn send(
    cx: &mut Ctx,
    socket: Socket,
    payload: Payload<'_>,
    to: Target,
    callback: Option<Callback>,
) -> Result<(), Error> {
    let Some(state) = socket.state_mut(cx) else {
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
        let payload = payload.keep(Vec::new);
        return listeners::leaf(cx, |cx| send_when_bound(cx, socket, payload, to, callback));
    }
    let Some(port) = port else {
        do_send(cx, socket, &payload, None, More::new(None, callback));
        return Ok(());
    };
    let Sending { waiting, rooms } = &mut state.sending;
    let payload = payload.keep(|| rooms.pop().unwrap_or_default());
    let address = to.host.as_ref().and_then(Host::address);
    if state.options.resolver.is_none()
        && let Some(address) = address
    {
        // It is found at once. But that is told in a tick, as everything that is looked up, and until then the socket may be closed.
        waiting.push_back(Datagram {
            payload,
            to: address.with_port(port),
            more: More::new(to.host.and_then(Host::into_name), callback),
        });
        env::next_tick_of(cx, socket.0.key(), send_next);
    } else {
        let name = to.host.map(|host| host.text());
        listeners::leaf(cx, |cx| {
            look_up_and_send(cx, socket, payload, name, port, callback);
        });
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

/// Each datagram that waits has a tick, and ticks keep their order: so it is the first's.
fn send_next(cx: &mut Ctx, key: Key) {
    let socket = Socket(Handle::from_key(key));
    let next = socket.state_mut(cx).and_then(|state| state.sending.pop());
    let Some(Datagram { payload, to, more }) = next else {
        return;
    };
    do_send(cx, socket, &payload, Some(to), more);
    if let Some(room) = payload.into_room()
        && let Some(state) = socket.state_mut(cx)
    {
        state.sending.give_back(room);
    }
}

fn look_up_and_send(
    cx: &mut Ctx,
    socket: Socket,
    payload: Payload<'static>,
    host: Option<String>,
    port: u16,
    callback: Option<Callback>,
) {
    let name = host.clone();
    look_up_name(cx, socket, name.as_deref(), move |cx, found| match found {
        Ok(found) => {
            let to = found.with_port(port);
            do_send(cx, socket, &payload, Some(to), More::new(host, callback));
        }
        Err(error) => env::next_tick(cx, move |cx| match callback {
            Some(callback) => listeners::in_callback(cx, |cx| callback(cx, Err(error))),
            None => socket.emit_error(cx, error),
        }),
    });
}

/// `doSend`.
#[inline]
fn do_send(
    cx: &mut Ctx,
    socket: Socket,
    payload: &Payload<'_>,
    to: Option<SocketAddr>,
    more: Option<Box<More>>,
) {
    let Some(SocketState { wrap, options, .. }) = socket.state(cx) else {
        return;
    };
    let (Some(wrap), kind) = (*wrap, options.kind) else {
        return;
    };
    let _cause = emit!(Net, "dgram.send" @ socket.0, bytes = payload.len()).map(trace::cause);
    let sent = if to.is_some_and(|to| !kind.has(to)) {
        Err(Errno::EINVAL)
    } else if let Some(bytes) = payload.one() {
        wrap.try_send(cx, &[IoSlice::new(bytes)], to)
    } else {
        wrap.try_send(cx, &payload.slices(), to)
    };
    if sent == Err(Errno::EAGAIN) {
        send_later(cx, wrap, payload, to, more);
    } else if let Some(more) = more {
        tell_in_a_tick(cx, sent, to, *more);
    }
}

/// The kernel has no room for it right now.
#[cold]
fn send_later(
    cx: &mut Ctx,
    wrap: UdpWrap,
    payload: &Payload<'_>,
    to: Option<SocketAddr>,
    more: Option<Box<More>>,
) {
    // Whoever waits is told once: by the wrap, or of what is wrong with it right now.
    let more = Rc::new(Cell::new(more));
    let later = more.clone();
    let sent = wrap.send_later(cx, &payload.slices(), to, move |cx, _, status| {
        if let Some(More { host, callback }) = later.take().map(|more| *more)
            && let Some(callback) = callback
        {
            let result = status.map_err(|errno| describe(errno, to, host));
            env::enter(cx, |cx| {
                listeners::in_callback(cx, |cx| callback(cx, result))
            });
        }
    });
    if let Err(errno) = sent
        && let Some(more) = more.take()
    {
        tell_in_a_tick(cx, Err(errno), to, *more);
    }
}

fn tell_in_a_tick(cx: &mut Ctx, sent: Result<usize, Errno>, to: Option<SocketAddr>, more: More) {
    if let Some(callback) = more.callback {
        let result = sent.map_err(|errno| describe(errno, to, more.host));
        env::next_tick(cx, move |cx| {
            listeners::in_callback(cx, |cx| callback(cx, result));
        });
    }
}

/// `ExceptionWithHostPort`.
fn describe(errno: Errno, to: Option<SocketAddr>, host: Option<String>) -> Error {
    let error = Error::system(errno, "send");
    match to {
        Some(to) => {
            let host = host.unwrap_or_else(|| sys::ip_name(to));
            error.at(host, Some(to.port()))
        }
        None => error,
    }
}
