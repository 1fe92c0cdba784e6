//! Node's `net.Socket`.
//!
//! | file | what is in it |
//! | --- | --- |
//! | `options.rs` | what can be chosen when a socket is made |
//! | `events.rs`, `emit.rs` | what it tells, and how |
//! | `methods.rs` | what a [`Duplex`] asks of a socket: read, write, final, destroy |
//! | `read.rs`, `write.rs` | what comes from the [`StreamBase`](uvox_stream::node::StreamBase), and what goes there |
//! | `connect.rs`, `connect_options.rs` | `connect`, and the lookup before it |
//! | `attempt.rs`, `multiple.rs` | one attempt; one after the other |
//! | `race.rs` | several attempts at the same time |
//! | `ending.rs` | `destroy`, `destroy_soon`, `reset_and_destroy` |
//! | `hand_over.rs` | its descriptor, given away |
//! | `kernel_pipe.rs`, `kernel_flow.rs` | from one to another within the kernel |
//! | `settings.rs`, `timeout.rs`, `status.rs` | options of the connection, its timeout, what can be asked of it |

mod attempt;
mod connect;
mod connect_options;
mod emit;
mod ending;
mod events;
mod hand_over;
mod kernel_flow;
mod kernel_pipe;
mod methods;
mod multiple;
mod options;
mod race;
mod read;
mod settings;
mod state;
mod status;
mod timeout;
mod write;

pub use connect_options::ConnectOptions;
pub use events::{Attempt, Looked};
pub use options::{SocketOptions, UserBuffer};
pub use state::{Socket, SocketState};
pub use status::ReadyState;

pub(super) use state::Origin;
