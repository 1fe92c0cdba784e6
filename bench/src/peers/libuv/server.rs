//! A server on libuv: listening and accepting.

use std::ffi::{CString, c_int};
use std::mem::MaybeUninit;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::ptr;

use libuv_sys2 as uv;

use super::check;
use super::connection::{Connection, Handle};
use crate::error::Result;
use crate::peers::{Pairs, Peer};
use crate::serve::{BACKLOG, Order, PIECE, Service, announce};

/// What all connections of the one server share. It is never freed, for the server ends with the process.
pub(super) struct Server {
    pub(super) lp: *mut uv::uv_loop_t,
    listener: Handle,
    pub(super) service: Service,
    /// `uv_write` alone.
    pub(super) writes: bool,
    /// Where all reads go.
    pub(super) buffer: Box<[u8]>,
    /// Requests that are not used now, for those that write from their own buffers.
    pub(super) spare: Vec<*mut super::connection::Request>,
    pub(super) pairs: Pairs<*mut Connection>,
    is_tcp: bool,
}

pub(super) fn serve(order: &Order) -> Result<()> {
    // SAFETY: the default loop is there from now on, and only this thread uses it.
    let lp = unsafe { uv::uv_default_loop() };
    let server = Box::leak(Box::new(Server {
        lp,
        listener: Handle::new(),
        service: order.service,
        writes: order.peer == Peer::LibuvWrite,
        buffer: vec![0; PIECE].into_boxed_slice(),
        spare: Vec::new(),
        pairs: Pairs::default(),
        is_tcp: order.unix.is_none(),
    }));
    server.listener.init(lp, server.is_tcp)?;
    match &order.unix {
        None => server.bind_tcp()?,
        Some(path) => server.bind_pipe(path)?,
    }
    let stream = server.listener.stream();
    // SAFETY: the listener was initialised, and the server, which contains it, is never freed.
    unsafe {
        (*stream).data = ptr::from_mut(server).cast();
        check(uv::uv_listen(stream, BACKLOG, Some(on_connection)))?;
    }
    match &order.unix {
        None => announce(format_args!("127.0.0.1:{}", server.port()?))?,
        Some(path) => announce(path.display())?,
    }
    // SAFETY: the loop is this thread's.
    check(unsafe { uv::uv_run(lp, uv::uv_run_mode_UV_RUN_DEFAULT) }).map(drop)
}

impl Server {
    fn bind_tcp(&mut self) -> Result<()> {
        let mut address = MaybeUninit::<uv::sockaddr_in>::zeroed();
        // SAFETY: `uv_ip4_addr` fills the address in, which `uv_tcp_bind` only reads; the listener is a TCP handle.
        unsafe {
            check(uv::uv_ip4_addr(
                c"127.0.0.1".as_ptr(),
                0,
                address.as_mut_ptr(),
            ))?;
            let listener = self.listener.stream().cast();
            check(uv::uv_tcp_bind(listener, address.as_ptr().cast(), 0))?;
        }
        Ok(())
    }

    fn bind_pipe(&mut self, path: &Path) -> Result<()> {
        let path = CString::new(path.as_os_str().as_bytes())?;
        // SAFETY: the path ends with a zero; the listener is a pipe handle.
        check(unsafe { uv::uv_pipe_bind(self.listener.stream().cast(), path.as_ptr()) })?;
        Ok(())
    }

    fn port(&mut self) -> Result<u16> {
        let mut address = MaybeUninit::<uv::sockaddr_in>::zeroed();
        let mut length = size_of::<uv::sockaddr_in>() as c_int;
        // SAFETY: there is room for `length` bytes, and an IPv4 socket has an address of that type.
        unsafe {
            let listener = self.listener.stream().cast();
            check(uv::uv_tcp_getsockname(
                listener,
                address.as_mut_ptr().cast(),
                &mut length,
            ))?;
            Ok(u16::from_be(address.assume_init().sin_port))
        }
    }
}

unsafe extern "C" fn on_connection(listener: *mut uv::uv_stream_t, status: c_int) {
    if status < 0 {
        return;
    }
    // SAFETY: `serve` put the server there; nothing else refers to it while a callback runs.
    let server = unsafe { &mut *(*listener).data.cast::<Server>() };
    let Ok(connection) = Connection::new(server.lp, server.is_tcp, server) else {
        return;
    };
    // SAFETY: both handles are initialised, and on the same loop; the connection lives until its close callback.
    unsafe {
        let stream = (*connection).handle.stream();
        if uv::uv_accept(listener, stream) < 0 {
            Connection::close(connection);
            return;
        }
        if server.is_tcp {
            uv::uv_tcp_nodelay(stream.cast(), 1);
        }
        Connection::start(connection);
    }
}
