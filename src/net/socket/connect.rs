//! `connect`, and the lookup before the attempts (`Socket.prototype.connect`, `lookupAndConnect`).

use std::path::PathBuf;
use std::time::Duration;

use uvox_loop::{Ctx, Errno, emit, trace};
use uvox_pipe::node::{PipeWrap, SocketType as PipeType};
use uvox_tcp::node::{SocketType as TcpType, TcpWrap};

use super::attempt::{self, Local, Remote};
use super::connect_options::{ConnectOptions, Strategy, Target};
use super::events::Looked;
use super::multiple;
use super::state::Socket;
use crate::dns::{Family, Hints, LookupAddress, LookupOptions};
use crate::net::errors;
use crate::net::ip::is_ip;
use crate::net::wrap::Wrap;
use crate::{Error, env, listeners};

impl Socket {
    /// Connects (`connect`). A name is looked up first. Then come 'connect' and 'ready', or 'error' and 'close'. What is written meanwhile waits.
    ///
    /// A socket that was destroyed can be connected again, as long as its state is there: see [above](Socket).
    ///
    /// # Errors
    ///
    /// What is wrong from the outset, and nothing happens then: `ERR_SOCKET_BAD_PORT`, `ERR_INVALID_IP_ADDRESS` of a local address,
    /// `ERR_INVALID_ARG_VALUE` of a host with a NUL in it, `connect ENAMETOOLONG` of a path and `connect EINVAL` of one with a NUL in it, `ERR_SOCKET_CLOSED` if the socket is gone.
    pub fn connect(self, cx: &mut Ctx, options: impl Into<ConnectOptions>) -> Result<(), Error> {
        let options = options.into();
        listeners::leaf(cx, |cx| connect(cx, self, options))
    }

    /// The same, and adds a listener of 'connect' for once.
    ///
    /// # Errors
    ///
    /// As [`Socket::connect`]; the listener is there all the same, as in Node.
    pub fn connect_then(
        self,
        cx: &mut Ctx,
        options: impl Into<ConnectOptions>,
        connected: impl FnOnce(&mut Ctx, Socket) + 'static,
    ) -> Result<(), Error> {
        self.once_connect(cx, connected);
        self.connect(cx, options)
    }
}

/// What is known of the target when the options were looked at.
enum Checked {
    Path(PathBuf),
    Host {
        host: String,
        port: u16,
        local: Local,
    },
}

fn check(options: &ConnectOptions) -> Result<Checked, Error> {
    let (host, port) = match &options.target {
        Target::Path(path) => {
            uvox_pipe::uv::check_path(path).map_err(|errno| {
                Error::system(errno, "connect").at(path.to_string_lossy(), None)
            })?;
            return Ok(Checked::Path(path.clone()));
        }
        Target::Host { host, port } => (checked_host(host)?, *port),
    };
    if let Some(address) = &options.local_address
        && is_ip(address) == 0
    {
        return Err(errors::invalid_ip(address));
    }
    let local_port = options.local_port.check("options.localPort")?;
    let port = port.check("Port")?;
    let local = Local {
        address: options.local_address.clone(),
        port: local_port,
    };
    Ok(Checked::Host { host, port, local })
}

/// The host, which is `localhost` if there is none.
fn checked_host(host: &str) -> Result<String, Error> {
    match host {
        "" => Ok("localhost".to_owned()),
        _ if host.contains('\0') => Err(errors::invalid_host(host)),
        _ => Ok(host.to_owned()),
    }
}

fn connect(cx: &mut Ctx, socket: Socket, options: ConnectOptions) -> Result<(), Error> {
    if socket.state(cx).is_none() || !socket.duplex.exists(cx) {
        return Err(errors::socket_closed());
    }
    let checked = check(&options)?;
    if socket.duplex.is_destroyed(cx)
        && let Some(more) = socket.more(cx)
    {
        more.peername = None;
        more.sockname = None;
    }
    if socket.wrap(cx).is_none() {
        let wrap = match checked {
            Checked::Path(_) => Wrap::Pipe(PipeWrap::new(cx, PipeType::Socket)),
            Checked::Host { .. } => Wrap::Tcp(TcpWrap::new(cx, TcpType::Socket)),
        };
        socket.take_wrap(cx, wrap);
    }
    // What is destroyed takes no timeout, and it may have been until now.
    if let Some(time) = options.timeout {
        socket.set_timeout(cx, time);
    }
    socket.refresh_timeout(cx);
    if let Some(state) = socket.state_mut(cx) {
        state.connecting = true;
    }
    if let Some(time) = options.connect_timeout {
        start_connect_timeout(cx, socket, time);
    }
    match checked {
        Checked::Path(path) => {
            let text = path.to_string_lossy().into_owned();
            let _cause =
                emit!(Net, "socket.connect" @ socket.handle, path = text).map(trace::cause);
            attempt::connect(cx, socket, Remote::Path(path), &Local::default(), None);
        }
        Checked::Host { host, port, local } => {
            let _cause =
                emit!(Net, "socket.connect" @ socket.handle, host = host.clone(), port = port)
                    .map(trace::cause);
            look_up(cx, socket, host, port, local, options);
        }
    }
    Ok(())
}

/// The time that lookup and attempts have together. It keeps the loop alive as long as the socket would: nobody is to wait in vain for a resolver that never
/// answers.
fn start_connect_timeout(cx: &mut Ctx, socket: Socket, time: Duration) {
    let timeout = env::set_timeout(cx, time, move |cx| {
        if socket.is_connecting(cx) {
            let message = format!("Not connected within {} ms", time.as_millis());
            socket.destroy_with(cx, Error::new("ERR_SOCKET_CONNECT_TIMEOUT", message));
        }
    });
    let former = socket
        .more(cx)
        .and_then(|more| more.connect_timeout.replace(timeout));
    if let Some(former) = former {
        former.clear(cx);
    }
}

/// Finds out which addresses there are (`lookupAndConnect`).
fn look_up(
    cx: &mut Ctx,
    socket: Socket,
    host: String,
    port: u16,
    local: Local,
    options: ConnectOptions,
) {
    if is_ip(&host) != 0 {
        return env::next_tick(cx, move |cx| {
            if socket.is_connecting(cx) {
                let remote = Remote::text(host, port);
                attempt::connect(cx, socket, remote, &local, options.block_list.as_ref());
            }
        });
    }
    let default = match options.family {
        Family::Any => Hints::ADDRCONFIG,
        Family::V4 | Family::V6 => Hints::default(),
    };
    let lookup = LookupOptions {
        family: options.family,
        hints: options.hints.unwrap_or(default),
        ..LookupOptions::default()
    };
    let several = options.family == Family::Any
        && local.address.is_none()
        && options.strategy != Strategy::First;
    let resolver = options.resolver.clone();
    let wrap = socket.wrap(cx);
    let name = host.clone();
    let answer = Box::new(
        move |cx: &mut Ctx, found: Result<Vec<LookupAddress>, Error>| {
            let found = found.and_then(|found| match found.is_empty() {
                true => Err(Error::system(Errno::EAI_NONAME, "getaddrinfo").at(&host, None)),
                false => Ok(found),
            });
            env::enter(cx, |cx| {
                // It was destroyed, and connects to somewhere else by now: what was found is not for that.
                if socket.is_connecting(cx) && socket.wrap(cx) != wrap {
                    return;
                }
                if several {
                    multiple::on_lookup(cx, socket, host, found, port, local, options);
                } else {
                    on_lookup(cx, socket, host, found, port, local, options);
                }
            });
        },
    );
    resolver.lookup(cx, &name, &lookup, answer);
}

/// One address is wanted.
fn on_lookup(
    cx: &mut Ctx,
    socket: Socket,
    host: String,
    found: Result<Vec<LookupAddress>, Error>,
    port: u16,
    local: Local,
    options: ConnectOptions,
) {
    let found = found.map(|found| found[0]);
    let looked = Looked {
        found: found.clone(),
        host,
    };
    socket.emit_lookup(cx, looked);
    if !socket.is_connecting(cx) {
        return;
    }
    match found {
        Err(error) => fail_in_tick(cx, socket, error),
        Ok(address) => {
            socket.refresh_timeout(cx);
            let remote = Remote::found(address, port);
            attempt::connect(cx, socket, remote, &local, options.block_list.as_ref());
        }
    }
}

/// `connectErrorNT`.
pub(super) fn fail_in_tick(cx: &mut Ctx, socket: Socket, error: Error) {
    env::next_tick(cx, move |cx| socket.destroy_with(cx, error));
}
