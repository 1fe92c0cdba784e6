//! The uv room: `uv_tcp_t`, and what `tcp.c` does with it.

mod bind;
mod connect;
mod keepalive;
mod listen;
mod options;
mod reset;
mod tcp;

pub use bind::BindFlags;
pub use keepalive::KeepAlive;
pub use tcp::Tcp;
