//! The uv room: `uv_tcp_t`, and what `tcp.c` does with it.

mod bind;
mod connect;
mod listen;
mod options;
mod reset;
mod tcp;

pub use bind::BindFlags;
pub use options::KeepAlive;
pub use tcp::Tcp;
