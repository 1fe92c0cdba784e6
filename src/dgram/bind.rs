//! How a socket comes to be bound (`Socket.prototype.bind`, `startListening`).

use std::cell::Cell;
use std::os::fd::AsRawFd;
use std::rc::Rc;

use uvox_loop::sys::{self, DescriptorKind};
use uvox_loop::{Ctx, Errno, emit};
use uvox_udp::node::UdpWrap;
use uvox_udp::uv::BindFlags;

use super::errors;
use super::options::{BindOptions, BindTo, SocketOptions, Type};
use super::socket::{Binding, Socket, SocketState};
use super::{queue, receive};
use crate::dns::{LookupAddress, LookupOptions, Resolver, System};
use crate::{Error, env, listeners, net};

impl Socket {
    /// Binds it (`bind`), and from then on it receives. 'listening' follows, in a tick at the earliest; if it cannot be bound, 'error', and it may be tried again.
    ///
    /// # Errors
    ///
    /// What is wrong from the outset: `ERR_SOCKET_DGRAM_NOT_RUNNING`, `ERR_SOCKET_ALREADY_BOUND`, `ERR_SOCKET_BAD_PORT`; of a descriptor `ERR_INVALID_FD_TYPE`, and what the
    /// kernel says (`open EINVAL`); `open EBADF` of a wrap that is closed.
    pub fn bind(self, cx: &mut Ctx, options: impl Into<BindOptions>) -> Result<(), Error> {
        let options = options.into();
        listeners::leaf(cx, |cx| bind(cx, self, options))
    }

    /// The same, and calls back when it is bound.
    ///
    /// # Errors
    ///
    /// As [`Socket::bind`]; nobody is called then.
    pub fn bind_then(
        self,
        cx: &mut Ctx,
        options: impl Into<BindOptions>,
        bound: impl FnOnce(&mut Ctx, Socket) + 'static,
    ) -> Result<(), Error> {
        check(cx, self)?;
        // As in Node, whoever waits for it to be bound hears of an error, too, so that it is not one that nobody caught.
        let error = Rc::new(Cell::new(None));
        let known = error.clone();
        let listening = self.once_listening(cx, move |cx, socket| {
            if let Some(error) = known.take() {
                socket.off(cx, error);
            }
            bound(cx, socket);
        });
        let heard = self.once_error(cx, move |cx, socket, _| {
            socket.off(cx, listening);
        });
        error.set(Some(heard));
        let result = self.bind(cx, options);
        if result.is_err() {
            self.off(cx, listening);
            self.off(cx, heard);
        }
        result
    }
}

fn check(cx: &mut Ctx, socket: Socket) -> Result<UdpWrap, Error> {
    let wrap = socket.running(cx)?;
    let bound = |state: &SocketState| state.binding != Binding::Unbound;
    if socket.state(cx).is_some_and(bound) {
        return Err(errors::already_bound());
    }
    Ok(wrap)
}

pub(super) fn bind(cx: &mut Ctx, socket: Socket, options: BindOptions) -> Result<(), Error> {
    let wrap = check(cx, socket)?;
    match options.to {
        BindTo::Address { address, port } => {
            let port = u16::try_from(port).map_err(|_| net::bad_port("options.port", port))?;
            set(cx, socket, Binding::LookingUp);
            look_up(cx, socket, address, port);
        }
        BindTo::Handle(other) => {
            if other.is_closing(cx) {
                return Err(Error::system(Errno::EBADF, "open"));
            }
            if wrap.has_ref(cx) == Some(false) {
                let _ = other.unref(cx);
            }
            wrap.close(cx, |_| ());
            if let Some(state) = socket.state_mut(cx) {
                state.wrap = Some(other);
            }
            start_listening(cx, socket, other);
        }
        BindTo::Fd(fd) => {
            let kind = sys::descriptor_kind(fd.as_raw_fd()).unwrap_or(DescriptorKind::Unknown);
            if kind != DescriptorKind::Udp {
                return Err(net::invalid_fd_type(kind));
            }
            let opened = wrap.open(cx, fd);
            opened.map_err(|errno| Error::system(errno, "open"))?;
            start_listening(cx, socket, wrap);
        }
    }
    Ok(())
}

fn set(cx: &mut Ctx, socket: Socket, binding: Binding) {
    if let Some(state) = socket.state_mut(cx) {
        state.binding = binding;
    }
}

/// Looks a name up, and calls back from a tick or later, unless the socket is closed by then.
pub(super) fn look_up_name(
    cx: &mut Ctx,
    socket: Socket,
    name: Option<&str>,
    found: impl FnOnce(&mut Ctx, Result<LookupAddress, Error>) + 'static,
) {
    let Some(state) = socket.state(cx) else {
        return;
    };
    let kind = state.options.kind;
    let resolver = state.options.resolver.clone();
    let options = LookupOptions {
        family: kind.family(),
        ..LookupOptions::default()
    };
    let name = name.unwrap_or(kind.loopback()).to_owned();
    let about = name.clone();
    let answer = Box::new(
        move |cx: &mut Ctx, addresses: Result<Vec<LookupAddress>, Error>| {
            let first = addresses.and_then(|addresses| {
                let unknown = || {
                    Error::system(Errno::EAI_NONAME, "getaddrinfo")
                        .at(&about, None)
                        .with_code("ENOTFOUND")
                };
                addresses.first().copied().ok_or_else(unknown)
            });
            env::enter(cx, |cx| found(cx, first));
        },
    );
    match resolver {
        Some(resolver) => resolver.lookup(cx, &name, &options, answer),
        None => System.lookup(cx, &name, &options, answer),
    }
}

fn look_up(cx: &mut Ctx, socket: Socket, address: Option<String>, port: u16) {
    let Some(state) = socket.state(cx) else {
        return;
    };
    let name = address.unwrap_or_else(|| state.options.kind.any().to_owned());
    look_up_name(cx, socket, Some(&name), move |cx, found| {
        let Some(wrap) = socket.wrap(cx) else {
            return;
        };
        let result = found.and_then(|found| {
            let address = found.to_string();
            let bound = bind_to(cx, socket, wrap, &address, port);
            bound.map_err(|errno| {
                Error::system(errno, "bind").at(address, Some(port).filter(|port| *port > 0))
            })
        });
        match result {
            Ok(()) => start_listening(cx, socket, wrap),
            Err(error) => {
                set(cx, socket, Binding::Unbound);
                socket.emit_error(cx, error);
            }
        }
    });
}

fn bind_to(
    cx: &mut Ctx,
    socket: Socket,
    wrap: UdpWrap,
    address: &str,
    port: u16,
) -> Result<(), Errno> {
    let Some(SocketState { options, .. }) = socket.state(cx) else {
        return Err(Errno::EBADF);
    };
    let SocketOptions {
        kind,
        reuse_addr,
        reuse_port,
        ipv6_only,
        ..
    } = *options;
    let wanted = [
        (reuse_addr, BindFlags::REUSE_ADDRESS),
        (reuse_port, BindFlags::REUSE_PORT),
        (ipv6_only, BindFlags::IPV6_ONLY),
    ];
    let flags = wanted.into_iter().filter(|(wanted, _)| *wanted);
    let flags = flags.fold(0, |all, (_, flag)| all | flag.bits());
    match kind {
        Type::Udp4 => wrap.bind(cx, address, port, flags),
        Type::Udp6 => wrap.bind6(cx, address, port, flags),
    }
}

/// Binds one that is not bound to any address, at once, for what does not wait.
pub(super) fn bind_now(cx: &mut Ctx, socket: Socket) -> Result<(), Error> {
    let wrap = socket.running(cx)?;
    let Some(state) = socket.state(cx) else {
        return Err(errors::not_running());
    };
    let any = state.options.kind.any();
    match state.binding {
        Binding::Bound => Ok(()),
        Binding::LookingUp => Err(Error::system(Errno::EAGAIN, "send")),
        Binding::Unbound => {
            let bound = bind_to(cx, socket, wrap, any, 0);
            bound.map_err(|errno| Error::system(errno, "bind").at(any, None))?;
            start_listening(cx, socket, wrap);
            Ok(())
        }
    }
}

/// It is bound: from now on it receives (`startListening`).
fn start_listening(cx: &mut Ctx, socket: Socket, wrap: UdpWrap) {
    if !wrap.has_on_messages(cx) {
        wrap.set_on_message(cx, move |cx, wrap, datagram| {
            receive::on_message(cx, socket, wrap, datagram);
        });
    }
    let started = wrap.recv_start(cx);
    emit!(Net, "dgram.listening" @ socket.0, result = started);
    set(cx, socket, Binding::Bound);
    let Some(state) = socket.state(cx) else {
        return;
    };
    let (recv, send) = (
        state.options.recv_buffer_size,
        state.options.send_buffer_size,
    );
    for (size, is_recv) in [(recv, true), (send, false)] {
        let Some(size) = size else {
            continue;
        };
        if let Err(errno) = wrap.buffer_size(cx, size, is_recv) {
            // It is bound, but nobody will hear of it: in Node the same is thrown where nobody catches it. What waits would wait for ever.
            queue::forget(cx, socket);
            let error = errors::buffer_size(errno, is_recv);
            return listeners::deliver(cx, move |cx| env::throw_now(cx, error));
        }
    }
    socket.emit_listening(cx);
}
