//! One attempt to connect, and how it ends (`internalConnect`, `afterConnect`).

use std::borrow::Cow;
use std::path::PathBuf;

use uvox_loop::{Ctx, Errno, emit, trace};
use uvox_tcp::node::TcpWrap;
use uvox_tcp::uv::BindFlags;

use super::events::Attempt;
use super::state::Socket;
use crate::dns::LookupAddress;
use crate::net::block_list::BlockList;
use crate::net::ip::is_ip;
use crate::net::wrap::Wrap;
use crate::net::{bound, errors};
use crate::{Error, env};

/// Where an attempt goes.
#[derive(Clone, Debug)]
pub(super) enum Remote {
    Path(PathBuf),
    Ip {
        address: String,
        port: u16,
        family: u8,
    },
}

/// What address the socket itself is to have.
#[derive(Clone, Debug, Default)]
pub(super) struct Local {
    pub(super) address: Option<String>,
    pub(super) port: u16,
}

impl Remote {
    /// An address that was given as one.
    pub(super) fn text(address: String, port: u16) -> Remote {
        let family = is_ip(&address);
        Remote::Ip {
            address,
            port,
            family,
        }
    }

    pub(super) fn found(address: LookupAddress, port: u16) -> Remote {
        Remote::Ip {
            address: address.to_string(),
            port,
            family: address.family(),
        }
    }

    pub(super) fn address(&self) -> Cow<'_, str> {
        match self {
            Remote::Path(path) => path.to_string_lossy(),
            Remote::Ip { address, .. } => address.into(),
        }
    }

    pub(super) fn port(&self) -> Option<u16> {
        match self {
            Remote::Path(_) => None,
            Remote::Ip { port, .. } => Some(*port),
        }
    }

    pub(super) fn family(&self) -> Option<u8> {
        match self {
            Remote::Path(_) => None,
            Remote::Ip { family, .. } => Some(*family),
        }
    }

    pub(super) fn error(&self, errno: Errno) -> Error {
        errors::at(errno, "connect", &self.address(), self.port().unwrap_or(0))
    }

    pub(super) fn begins(&self) -> Attempt {
        Attempt::Begins {
            address: self.address().into_owned(),
            port: self.port(),
            family: self.family(),
        }
    }

    pub(super) fn failed(&self, error: Error) -> Attempt {
        Attempt::Failed {
            address: self.address().into_owned(),
            port: self.port(),
            family: self.family(),
            error,
        }
    }
}

impl Local {
    /// The same as it is told of several attempts: with the address that any is.
    pub(super) fn told(&self, remote: &Remote) -> Local {
        let any = any(remote.family().unwrap_or(4));
        Local {
            address: self.address.clone().or(Some(any.to_owned())),
            port: self.port,
        }
    }

    /// The text that Node's errors have, if both were asked for.
    pub(super) fn details(&self) -> Option<String> {
        let address = self.address.as_ref()?;
        (self.port != 0).then(|| format!("{address}:{}", self.port))
    }

    pub(super) fn add_to(&self, error: Error) -> Error {
        match self.details() {
            Some(details) => error.from_local(details),
            None => error,
        }
    }
}

/// The address that stands for any (`DEFAULT_IPV4_ADDR`, `DEFAULT_IPV6_ADDR`).
fn any(family: u8) -> &'static str {
    if family == 4 { "0.0.0.0" } else { "::" }
}

/// Gives the wrap its own address, if one is asked for.
pub(super) fn bind(cx: &mut Ctx, tcp: TcpWrap, local: &Local, family: u8) -> Result<(), Error> {
    if local.address.is_none() && local.port == 0 {
        return Ok(());
    }
    let address = local.address.as_deref().unwrap_or(any(family));
    let port = i32::from(local.port);
    let result = match family {
        4 => tcp.bind(cx, address, port),
        _ => tcp.bind6(cx, address, port, BindFlags::NONE),
    };
    let result = result.and_then(|()| bound::check(cx, tcp, local.port));
    result.map_err(|errno| errors::at(errno, "bind", address, local.port))
}

/// Begins an attempt, the only one (`internalConnect`).
pub(super) fn connect(
    cx: &mut Ctx,
    socket: Socket,
    remote: Remote,
    local: &Local,
    block_list: Option<&BlockList>,
) {
    let Some(wrap) = socket.wrap(cx) else {
        return;
    };
    if let Err(error) = check_blocked(&remote, block_list) {
        return socket.destroy_with(cx, error);
    }
    if let (Wrap::Tcp(tcp), Some(family)) = (wrap, remote.family())
        && let Err(error) = bind(cx, tcp, local, family)
    {
        return socket.destroy_with(cx, error);
    }
    socket.emit_attempt(cx, remote.begins());
    // A listener may have destroyed it, and even connected it to somewhere else.
    if socket.wrap(cx) != Some(wrap) {
        return;
    }
    let (to, own) = (remote.clone(), local.clone());
    let begun = start(cx, wrap, &remote, move |cx, status, can| {
        if socket.wrap(cx) == Some(wrap) {
            after_connect(cx, socket, status, can, &to, &own);
        }
    });
    if let Err(errno) = begun {
        let error = remote.error(errno).from_local(own_address(cx, wrap));
        socket.destroy_with(cx, error);
    }
}

pub(super) fn check_blocked(remote: &Remote, list: Option<&BlockList>) -> Result<(), Error> {
    let address = LookupAddress::parse(&remote.address()).filter(|_| remote.port().is_some());
    match (list, address) {
        (Some(list), Some(address)) if list.check(address.ip) => {
            Err(errors::ip_blocked(&remote.address()))
        }
        _ => Ok(()),
    }
}

/// What Node adds to the error of an attempt that could not begin.
pub(super) fn own_address(cx: &mut Ctx, wrap: Wrap) -> String {
    match wrap.getsockname(cx) {
        Some(Ok(info)) => format!("{}:{}", info.address, info.port),
        _ => "undefined:undefined".to_owned(),
    }
}

/// Whether a new connection can be read, and written.
#[derive(Clone, Copy)]
pub(super) struct Can {
    readable: bool,
    writable: bool,
}

/// Asks the wrap to connect.
pub(super) fn start(
    cx: &mut Ctx,
    wrap: Wrap,
    remote: &Remote,
    ended: impl FnOnce(&mut Ctx, Result<(), Errno>, Can) + 'static,
) -> Result<(), Errno> {
    match (wrap, remote) {
        (
            Wrap::Tcp(tcp),
            Remote::Ip {
                address,
                port,
                family,
            },
        ) => {
            let after = move |cx: &mut Ctx, connected: uvox_stream::node::Connected<TcpWrap>| {
                let can = Can {
                    readable: connected.readable,
                    writable: connected.writable,
                };
                ended(cx, connected.status, can);
            };
            let port = i32::from(*port);
            match family {
                4 => tcp.connect(cx, address, port, after),
                _ => tcp.connect6(cx, address, port, after),
            }
            .map(drop)
        }
        (Wrap::Pipe(pipe), Remote::Path(path)) => pipe
            .connect(cx, path, move |cx, connected| {
                let can = Can {
                    readable: connected.readable,
                    writable: connected.writable,
                };
                ended(cx, connected.status, can);
            })
            .map(drop),
        // A socket that has the one is asked to connect to the other.
        _ => Err(Errno::EINVAL),
    }
}

/// An attempt has ended (`afterConnect`).
pub(super) fn after_connect(
    cx: &mut Ctx,
    socket: Socket,
    status: Result<(), Errno>,
    can: Can,
    remote: &Remote,
    local: &Local,
) {
    let _cause =
        emit!(Net, "socket.after_connect" @ socket.handle, result = status).map(trace::cause);
    env::enter(cx, |cx| {
        if socket.duplex.is_destroyed(cx) {
            return;
        }
        let Some(state) = socket.state_mut(cx) else {
            return;
        };
        state.connecting = false;
        let timeout = state.more.as_mut().and_then(|more| {
            more.sockname = None;
            more.connect_timeout.take()
        });
        if let Some(timeout) = timeout {
            timeout.clear(cx);
        }
        match status {
            Ok(()) => connected(cx, socket, can),
            Err(errno) => {
                let error = local.add_to(remote.error(errno));
                socket.emit_attempt(cx, remote.failed(error.clone()));
                socket.destroy_with(cx, error);
            }
        }
    });
}

fn connected(cx: &mut Ctx, socket: Socket, can: Can) {
    let duplex = socket.duplex;
    if duplex.is_readable(cx) && !can.readable {
        duplex.push_eof(cx);
        duplex.read(cx, None);
    }
    if duplex.is_writable(cx) && !can.writable {
        duplex.end(cx);
    }
    socket.refresh_timeout(cx);
    let settings = socket.state(cx).map(|state| state.settings.clone());
    if let (Some(Wrap::Tcp(tcp)), Some(settings)) = (socket.wrap(cx), settings) {
        settings.apply(cx, tcp);
    }
    socket.emit_connect(cx);
    socket.emit_ready(cx);
    if can.readable && !duplex.is_paused(cx) {
        duplex.read(cx, 0);
    }
}
