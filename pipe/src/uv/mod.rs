//! The uv room: `uv_pipe_t`, and what `pipe.c` does with it.

mod bind;
mod chmod;
mod connect;
mod listen;
mod name;
mod pair;
mod pipe;

pub use bind::Unlink;
pub use name::check_path;
pub use pipe::Pipe;
