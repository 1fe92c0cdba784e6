//! Datagrams, sent back one by one, or as many at once as libuv receives at once.

use std::ffi::{c_int, c_uint};
use std::mem::MaybeUninit;
use std::ptr;

use libuv_sys2 as uv;

use super::check;
use crate::error::Result;
use crate::serve::{Order, announce};

/// As many as libuv receives with one call.
const BATCH: usize = 20;

/// How much room libuv wants for each.
const ROOM: usize = 64 * 1024;

/// The one server's memory. It is never freed.
struct Server {
    buffer: Box<[u8]>,
    /// What came together, and from whom.
    bytes: [uv::uv_buf_t; BATCH],
    senders: [MaybeUninit<uv::sockaddr_in>; BATCH],
    count: usize,
}

pub(super) fn serve(order: &Order) -> Result<()> {
    let batched = order.service.is_udp_batch();
    let server = Box::leak(Box::new(Server {
        buffer: vec![0; if batched { BATCH * ROOM } else { ROOM }].into_boxed_slice(),
        bytes: [uv::uv_buf_t {
            base: ptr::null_mut(),
            len: 0,
        }; BATCH],
        senders: [MaybeUninit::uninit(); BATCH],
        count: 0,
    }));
    let handle: *mut uv::uv_udp_t = Box::leak(Box::new(MaybeUninit::uninit())).as_mut_ptr();
    let mut address = MaybeUninit::<uv::sockaddr_in>::zeroed();
    let mut length = size_of::<uv::sockaddr_in>() as c_int;
    let flags = if batched {
        uv::uv_udp_flags_UV_UDP_RECVMMSG
    } else {
        0
    };
    // SAFETY: there is room for the handle, and it stays there, as its data does; addresses are filled in before they are read, and are of IPv4.
    unsafe {
        let lp = uv::uv_default_loop();
        check(uv::uv_udp_init_ex(lp, handle, flags as c_uint))?;
        (*handle).data = ptr::from_mut(server).cast();
        check(uv::uv_ip4_addr(
            c"127.0.0.1".as_ptr(),
            0,
            address.as_mut_ptr(),
        ))?;
        check(uv::uv_udp_bind(handle, address.as_ptr().cast(), 0))?;
        let on_recv = if batched { on_recv_batched } else { on_recv };
        check(uv::uv_udp_recv_start(handle, Some(alloc), Some(on_recv)))?;
        check(uv::uv_udp_getsockname(
            handle,
            address.as_mut_ptr().cast(),
            &mut length,
        ))?;
        let port = u16::from_be(address.assume_init().sin_port);
        announce(format_args!("127.0.0.1:{port}"))?;
        check(uv::uv_run(lp, uv::uv_run_mode_UV_RUN_DEFAULT)).map(drop)
    }
}

unsafe extern "C" fn alloc(
    handle: *mut uv::uv_handle_t,
    _suggested: usize,
    buffer: *mut uv::uv_buf_t,
) {
    // SAFETY: `serve` put the server there, and nothing else refers to it while a callback runs; `buffer` is to be filled in.
    unsafe {
        let server = &mut *(*handle).data.cast::<Server>();
        (*buffer).base = server.buffer.as_mut_ptr().cast();
        (*buffer).len = server.buffer.len() as _;
    }
}

unsafe extern "C" fn on_recv(
    handle: *mut uv::uv_udp_t,
    count: isize,
    buffer: *const uv::uv_buf_t,
    from: *const uv::sockaddr,
    _flags: c_uint,
) {
    // Nothing there, or an error; neither ends it.
    if count < 0 || from.is_null() {
        return;
    }
    // SAFETY: so many bytes are there, and the address, for as long as this runs.
    unsafe {
        let mut bytes = *buffer;
        bytes.len = count as _;
        uv::uv_udp_try_send(handle, &bytes, 1, from);
    }
}

unsafe extern "C" fn on_recv_batched(
    handle: *mut uv::uv_udp_t,
    count: isize,
    buffer: *const uv::uv_buf_t,
    from: *const uv::sockaddr,
    flags: c_uint,
) {
    // SAFETY: as in `alloc`; bytes stay where they are until the call that says that the buffer is free, and addresses are copied, which are of IPv4 as
    // the socket is.
    unsafe {
        let server = &mut *(*handle).data.cast::<Server>();
        if count >= 0 && !from.is_null() && server.count < BATCH {
            let place = server.count;
            server.bytes[place] = *buffer;
            server.bytes[place].len = count as _;
            server.senders[place] = MaybeUninit::new(*from.cast::<uv::sockaddr_in>());
            server.count += 1;
        }
        if flags & uv::uv_udp_flags_UV_UDP_MMSG_CHUNK as c_uint == 0 {
            send_all(handle, server);
        }
    }
}

/// Sends what came together; what the kernel does not take is lost, as datagrams may be.
///
/// # Safety
///
/// The handle must be open, and what the server has kept still be there.
unsafe fn send_all(handle: *mut uv::uv_udp_t, server: &mut Server) {
    let count = std::mem::take(&mut server.count);
    let mut bytes = [ptr::null_mut(); BATCH];
    let mut senders = [ptr::null_mut(); BATCH];
    let mut pieces: [c_uint; BATCH] = [1; BATCH];
    for place in 0..count {
        bytes[place] = &raw mut server.bytes[place];
        senders[place] = server.senders[place].as_mut_ptr().cast::<uv::sockaddr>();
    }
    if count > 0 {
        // SAFETY: so many of each are there, and libuv reads them before it returns.
        unsafe {
            uv::uv_udp_try_send2(
                handle,
                count as c_uint,
                bytes.as_mut_ptr(),
                pieces.as_mut_ptr(),
                senders.as_mut_ptr(),
                0,
            );
        }
    }
}
