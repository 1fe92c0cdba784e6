//! Whom a socket is connected to (`Socket.prototype.connect`, `disconnect`).

use std::cell::Cell;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, emit};

use super::bind::{bind, look_up_name};
use super::errors;
use super::options::{BindOptions, Type};
use super::payload::{Target, check_port};
use super::queue::enqueue;
use super::socket::{Binding, Connection, Socket};
use crate::{Error, env, listeners};

type Callback = Box<dyn FnOnce(&mut Ctx, Result<(), Error>)>;

impl Socket {
    /// Connects it (`connect`): from then on it sends to that address only, and receives from there only. 'connect' follows, or 'error'. One that was not bound is
    /// bound first.
    ///
    /// # Errors
    ///
    /// What is wrong from the outset: `ERR_SOCKET_BAD_PORT`, `ERR_SOCKET_DGRAM_IS_CONNECTED`, `ERR_SOCKET_DGRAM_NOT_RUNNING`.
    pub fn connect(self, cx: &mut Ctx, to: impl Into<Target>) -> Result<(), Error> {
        let to = to.into();
        listeners::leaf(cx, |cx| connect(cx, self, to, None))
    }

    /// The same, and calls back when it is connected; or with the error, and then there is no 'error'.
    ///
    /// # Errors
    ///
    /// As [`Socket::connect`]; the callback is dropped then.
    pub fn connect_then(
        self,
        cx: &mut Ctx,
        to: impl Into<Target>,
        callback: impl FnOnce(&mut Ctx, Result<(), Error>) + 'static,
    ) -> Result<(), Error> {
        let to = to.into();
        let callback: Callback = Box::new(callback);
        listeners::leaf(cx, |cx| connect(cx, self, to, Some(callback)))
    }

    /// Takes the connection back (`disconnect`).
    ///
    /// # Errors
    ///
    /// `ERR_SOCKET_DGRAM_NOT_CONNECTED`, `ERR_SOCKET_DGRAM_NOT_RUNNING`; what the kernel says (`connect EBADF`).
    pub fn disconnect(self, cx: &mut Ctx) -> Result<(), Error> {
        let connection = self.state(cx).map(|state| state.connection);
        if connection != Some(Connection::Connected) {
            return Err(errors::not_connected());
        }
        let wrap = self.running(cx)?;
        wrap.disconnect(cx)
            .map_err(|errno| Error::system(errno, "connect"))?;
        set(cx, self, Connection::Disconnected);
        Ok(())
    }
}

fn set(cx: &mut Ctx, socket: Socket, connection: Connection) {
    if let Some(state) = socket.state_mut(cx) {
        state.connection = connection;
    }
}

fn connect(
    cx: &mut Ctx,
    socket: Socket,
    to: Target,
    callback: Option<Callback>,
) -> Result<(), Error> {
    let port = check_port(to.port)?;
    let Some(state) = socket.state_mut(cx) else {
        return Err(errors::not_running());
    };
    if state.connection != Connection::Disconnected {
        return Err(errors::is_connected());
    }
    if state.wrap.is_none() {
        return Err(errors::not_running());
    }
    state.connection = Connection::Connecting;
    if state.binding == Binding::Unbound {
        bind(cx, socket, BindOptions::new())?;
    }
    let name = to.host.map(|host| host.text());
    let begin = move |cx: &mut Ctx| begin(cx, socket, name, port, callback);
    if socket
        .state(cx)
        .is_some_and(|state| state.binding != Binding::Bound)
    {
        enqueue(cx, socket, begin);
        return Ok(());
    }
    begin(cx)
}

/// `_connect`.
fn begin(
    cx: &mut Ctx,
    socket: Socket,
    address: Option<String>,
    port: u16,
    callback: Option<Callback>,
) -> Result<(), Error> {
    // It may have waited behind its end.
    socket.running(cx)?;
    // The place among the listeners of 'connect' is the one that it has now.
    let has_callback = callback.is_some();
    let callback = Rc::new(Cell::new(callback));
    let connected = callback.clone();
    let id = has_callback.then(|| {
        socket.once_connect(cx, move |cx, _| {
            if let Some(callback) = connected.take() {
                callback(cx, Ok(()));
            }
        })
    });
    let name = address.clone();
    look_up_name(cx, socket, name.as_deref(), move |cx, found| {
        let Some(wrap) = socket.wrap(cx) else {
            return;
        };
        let result = found.and_then(|found| {
            let ip = found.to_string();
            let connected: Result<(), Errno> = match socket.state(cx).map(|s| s.options.kind) {
                Some(Type::Udp6) => wrap.connect6(cx, &ip, port),
                _ => wrap.connect(cx, &ip, port),
            };
            let about = address.unwrap_or_default();
            connected.map_err(|errno| Error::system(errno, "connect").at(about, Some(port)))
        });
        emit!(Net, "dgram.connect" @ socket.0, connected = result.is_ok());
        match result {
            Ok(()) => {
                set(cx, socket, Connection::Connected);
                env::next_tick(cx, move |cx| socket.emit_connect(cx));
            }
            Err(error) => {
                set(cx, socket, Connection::Disconnected);
                env::next_tick(cx, move |cx| {
                    if let Some(id) = id {
                        socket.off(cx, id);
                    }
                    match callback.take() {
                        Some(callback) => {
                            listeners::in_callback(cx, |cx| callback(cx, Err(error)));
                        }
                        None => socket.emit_error(cx, error),
                    }
                });
            }
        }
    });
    Ok(())
}
