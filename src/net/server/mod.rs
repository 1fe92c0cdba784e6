//! Node's `net.Server`.

mod accept;
mod closing;
mod events;
mod listen;
mod options;
mod state;

pub use closing::Shutdown;
pub use events::ConnectionInfo;
pub use options::{ListenOptions, ServerOptions};
pub use state::{Server, ServerState};
