//! libuv. All that this crate calls of C stands in this module, and all `unsafe` with it but the [allocator](crate::counts::allocator)'s.
//!
//! The servers are what a careful C program would be: connections are the only thing that is put on the heap, and reads share one buffer.

#![allow(unsafe_code, reason = "libuv is C")]

mod allocator;
mod connection;
mod jobs;
mod server;
mod udp;

use std::ffi::{CStr, c_int};

pub(crate) use jobs::work;

use crate::error::{Result, error};
use crate::serve::{Order, Service};

/// Serves until it is killed.
pub(crate) fn serve(order: &Order) -> Result<()> {
    if order.control {
        allocator::replace()?;
    }
    match order.service {
        Service::UdpEcho | Service::UdpBatch | Service::UdpAlone => udp::serve(order),
        _ => server::serve(order),
    }
}

/// What libuv returned, as an error if it is one.
fn check(code: c_int) -> Result<c_int> {
    if code >= 0 {
        return Ok(code);
    }
    // SAFETY: `uv_strerror` returns a string that ends with a zero and lives as long as the program, for the codes that libuv knows; and it was libuv who
    // gave us this one.
    let words = unsafe { CStr::from_ptr(libuv_sys2::uv_strerror(code)) };
    Err(error(format!("libuv: {}", words.to_string_lossy())))
}

/// How large libuv's handles and requests are.
pub(crate) fn sizes() -> [(&'static str, usize); 9] {
    use libuv_sys2 as uv;
    [
        ("libuv uv_loop_t", size_of::<uv::uv_loop_t>()),
        ("libuv uv_tcp_t", size_of::<uv::uv_tcp_t>()),
        ("libuv uv_pipe_t", size_of::<uv::uv_pipe_t>()),
        ("libuv uv_udp_t", size_of::<uv::uv_udp_t>()),
        ("libuv uv_timer_t", size_of::<uv::uv_timer_t>()),
        ("libuv uv_async_t", size_of::<uv::uv_async_t>()),
        ("libuv uv_prepare_t", size_of::<uv::uv_prepare_t>()),
        ("libuv uv_write_t", size_of::<uv::uv_write_t>()),
        ("libuv uv_shutdown_t", size_of::<uv::uv_shutdown_t>()),
    ]
}

/// Its version, as text.
pub(crate) fn version() -> String {
    // SAFETY: it is a string that ends with a zero and lives as long as the program.
    let text = unsafe { CStr::from_ptr(libuv_sys2::uv_version_string()) };
    text.to_string_lossy().into_owned()
}
