//! How a server comes to listen (`Server.prototype.listen`, `setupListenHandle`, `createServerHandle`).

use std::ffi::OsString;
use std::net::Ipv4Addr;
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use uvox_loop::sys::UnixName;
use uvox_loop::{Ctx, Errno, emit, trace};
use uvox_pipe::node::{PipeWrap, SocketType as PipeType};
use uvox_stream::node::{ConnectionWrap, HandleWrap};
use uvox_tcp::node::{SocketType as TcpType, TcpWrap};
use uvox_tcp::uv::BindFlags;

use super::accept::on_connection;
use super::options::{ListenOptions, Target};
use super::state::Server;
use crate::dns::{self, LookupOptions};
use crate::net::errors;
use crate::net::ip::is_ip;
use crate::net::wrap::Wrap;
use crate::{Error, env, listeners};

impl Server {
    /// Listens (`listen`). 'listening' follows in a tick; if it cannot, for the address is in use, say, 'error'.
    ///
    /// # Errors
    ///
    /// What is wrong from the outset, and nothing happens then: `ERR_SERVER_ALREADY_LISTEN`, `ERR_SOCKET_BAD_PORT`, `ERR_SERVER_NOT_RUNNING` if the server is gone;
    /// of a path `listen ENAMETOOLONG`, and of what it is to be changed to, `uv_pipe_chmod EPERM` and the like.
    pub fn listen(self, cx: &mut Ctx, options: impl Into<ListenOptions>) -> Result<(), Error> {
        let options = options.into();
        listeners::leaf(cx, |cx| listen(cx, self, options))
    }

    /// The same, and adds a listener of 'listening' for once.
    ///
    /// # Errors
    ///
    /// As [`Server::listen`]; of a server that listens already nothing is added.
    pub fn listen_then(
        self,
        cx: &mut Ctx,
        options: impl Into<ListenOptions>,
        listening: impl FnOnce(&mut Ctx, Server) + 'static,
    ) -> Result<(), Error> {
        if self.is_listening(cx) {
            return Err(errors::already_listening());
        }
        self.once_listening(cx, listening);
        self.listen(cx, options)
    }
}

/// How the socket is to be bound, and made to listen.
#[derive(Clone, Copy)]
struct How {
    flags: BindFlags,
    backlog: i32,
}

fn listen(cx: &mut Ctx, server: Server, options: ListenOptions) -> Result<(), Error> {
    let state = server.open_state(cx).ok_or_else(errors::not_running)?;
    if state.wrap.is_some() {
        return Err(errors::already_listening());
    }
    let mut flags = BindFlags::NONE;
    if options.ipv6_only {
        flags = flags | BindFlags::IPV6_ONLY;
    }
    if options.reuse_port {
        flags = flags | BindFlags::REUSE_PORT;
    }
    let how = How {
        flags,
        backlog: options.backlog,
    };
    match options.target {
        Target::Handle(wrap) => {
            let path = path_of(cx, wrap);
            begin(cx, server, path);
            set_up(cx, server, Ok(wrap), None, how);
        }
        Target::Fd(fd) => {
            let wrap = Wrap::open(cx, fd, true);
            // Of what cannot listen Node says so, too.
            let wrap = wrap.map_err(|error| error.errno().unwrap_or(Errno::EINVAL));
            let path = wrap.ok().and_then(|wrap| path_of(cx, wrap));
            begin(cx, server, path);
            set_up(cx, server, wrap, None, how);
        }
        Target::Port { host, port } => {
            let port = port.check("options.port")?;
            begin(cx, server, None);
            match host.filter(|host| !host.is_empty()) {
                None => any_address(cx, server, port, how),
                Some(host) => look_up(cx, server, host, port, how),
            }
        }
        Target::Path(path) => {
            let text = path.to_string_lossy().into_owned();
            let check = uvox_pipe::uv::check_path(&path);
            check.map_err(|errno| Error::described(errno, "listen").at(&text, None))?;
            if options.mode != 0 && text.starts_with('\0') {
                return Err(errors::no_mode());
            }
            begin(cx, server, Some(path.clone()));
            let _cause =
                emit!(Net, "server.listen" @ server.0, path = text.clone()).map(trace::cause);
            let pipe = PipeWrap::new(cx, PipeType::Server);
            let bound = keep(cx, pipe, |cx| pipe.bind(cx, &path));
            set_up(cx, server, bound, Some((text, 0)), how);
            if options.mode != 0 && server.is_listening(cx) {
                change_mode(cx, server, pipe, options.mode)?;
            }
        }
    }
    Ok(())
}

/// From here on what was asked for before is not heard.
fn begin(cx: &mut Ctx, server: Server, path: Option<PathBuf>) {
    if let Some(state) = server.state_mut(cx) {
        state.listening_id += 1;
        state.closed = false;
        state.path = path;
    }
}

/// Where a socket is bound that came from elsewhere.
fn path_of(cx: &Ctx, wrap: Wrap) -> Option<PathBuf> {
    let Wrap::Pipe(pipe) = wrap else {
        return None;
    };
    let address = pipe.pipe(cx)?.getsockname(cx).ok()?;
    match address.name() {
        UnixName::Unnamed => None,
        UnixName::Path(path) => Some(path.to_owned()),
        UnixName::Abstract(name) => {
            let text = [b"\0", name].concat();
            Some(OsString::from_vec(text).into())
        }
    }
}

/// The wrap, if it could be bound; closed, if not.
fn keep<W: HandleWrap + Into<Wrap>>(
    cx: &mut Ctx,
    wrap: W,
    bind: impl FnOnce(&mut Ctx) -> Result<(), Errno>,
) -> Result<Wrap, Errno> {
    match bind(cx) {
        Ok(()) => Ok(wrap.into()),
        Err(errno) => {
            wrap.close(cx, |_| ());
            Err(errno)
        }
    }
}

fn change_mode(cx: &mut Ctx, server: Server, pipe: PipeWrap, mode: i32) -> Result<(), Error> {
    let Err(errno) = pipe.fchmod(cx, mode) else {
        return Ok(());
    };
    pipe.close(cx, |_| ());
    if let Some(state) = server.state_mut(cx) {
        state.wrap = None;
    }
    Err(Error::system(errno, "uv_pipe_chmod"))
}

/// All addresses: those of IPv6, which are those of IPv4, too; without IPv6 those of IPv4, unless it is to be IPv6 only.
fn any_address(cx: &mut Ctx, server: Server, port: u16, how: How) {
    let _cause = emit!(Net, "server.listen" @ server.0, port = port).map(trace::cause);
    let tcp = TcpWrap::new(cx, TcpType::Server);
    let bound = keep(cx, tcp, |cx| {
        tcp.bind6(cx, "::", i32::from(port), how.flags)
    });
    if bound.is_ok() || how.flags.contains(BindFlags::IPV6_ONLY) {
        return set_up(cx, server, bound, Some(("::".to_owned(), port)), how);
    }
    bind_to(cx, server, "0.0.0.0", port, how);
}

fn bind_to(cx: &mut Ctx, server: Server, address: &str, port: u16, how: How) {
    let _cause = emit!(Net, "server.listen" @ server.0, address = address.to_owned(), port = port)
        .map(trace::cause);
    let tcp = TcpWrap::new(cx, TcpType::Server);
    let bound = keep(cx, tcp, |cx| match is_ip(address) {
        6 => tcp.bind6(cx, address, i32::from(port), how.flags),
        _ => {
            // What is said of IPv6 is said to nobody.
            let shared = how.flags.contains(BindFlags::REUSE_PORT);
            let flags = if shared {
                BindFlags::REUSE_PORT
            } else {
                BindFlags::NONE
            };
            let ip: Ipv4Addr = address.parse().map_err(|_| Errno::EINVAL)?;
            let tcp = tcp.tcp(cx).ok_or(Errno::EBADF)?;
            tcp.bind(cx, (ip, port).into(), flags)
        }
    });
    set_up(cx, server, bound, Some((address.to_owned(), port)), how);
}

/// Finds the address of the host (`lookupAndListen`).
fn look_up(cx: &mut Ctx, server: Server, host: String, port: u16, how: How) {
    let Some(state) = server.state_mut(cx) else {
        return;
    };
    let id = state.listening_id;
    dns::lookup(cx, &host, LookupOptions::default(), move |cx, found| {
        // It was closed, or told to listen elsewhere, or it is gone.
        if server
            .open_state(cx)
            .is_none_or(|state| state.listening_id != id)
        {
            return;
        }
        env::enter(cx, |cx| match found {
            Err(error) => server.emit_error(cx, error),
            Ok(address) => bind_to(cx, server, &address.to_string(), port, how),
        });
    });
}

/// Makes it listen, or tells why not, in a tick (`setupListenHandle`).
fn set_up(
    cx: &mut Ctx,
    server: Server,
    bound: Result<Wrap, Errno>,
    at: Option<(String, u16)>,
    how: How,
) {
    let listening = bound.and_then(|wrap| {
        set_on_connection(cx, server, wrap);
        keep(cx, wrap, |cx| match wrap {
            Wrap::Tcp(tcp) => tcp.listen(cx, how.backlog),
            Wrap::Pipe(pipe) => pipe.listen(cx, how.backlog),
        })
    });
    emit!(Net, "server.listen.done" @ server.0, result = listening.map(|_| ()));
    match listening {
        Ok(wrap) => {
            if let Some(state) = server.state_mut(cx) {
                state.wrap = Some(wrap);
            }
            // A handle that was unref'd before stays so.
            if server.state(cx).is_some_and(|state| state.unref) {
                server.unref(cx);
            }
            server.apply_paused(cx);
            env::next_tick(cx, move |cx| {
                if server.is_listening(cx) {
                    server.emit_listening(cx);
                }
            });
        }
        Err(errno) => {
            let mut error = Error::described(errno, "listen");
            if let Some((address, port)) = at {
                error = error.at(address, Some(port).filter(|port| *port > 0));
            }
            env::next_tick(cx, move |cx| server.emit_error(cx, error));
        }
    }
}

fn set_on_connection(cx: &mut Ctx, server: Server, wrap: Wrap) {
    match wrap {
        Wrap::Tcp(tcp) => tcp.set_on_connection(cx, move |cx, _, client| {
            on_connection(cx, server, client.map(Wrap::Tcp));
        }),
        Wrap::Pipe(pipe) => pipe.set_on_connection(cx, move |cx, _, client| {
            on_connection(cx, server, client.map(Wrap::Pipe));
        }),
    }
}
