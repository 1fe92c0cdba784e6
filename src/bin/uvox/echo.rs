//! `uvox echo`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use uvox::env::{self, Env};
use uvox::event_loop::Ctx;
use uvox::net::{Server, ServerOptions, Socket, create_server};

use crate::Outcome;
use crate::failure::{Failure, describe};
use crate::serve::{Place, Target, serve};

/// Send back to everybody what they send.
///
/// A client that sends faster than it reads is not read from until it has taken what is its own, so memory stays flat. Ctrl-C ends it: connections get
/// a second to end by themselves, a second Ctrl-C does not wait for them. RUST_LOG=info tells of connections.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The address to listen on; :: for all
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// The port to listen on; 0 for any that is free
    #[arg(long, default_value_t = 8124)]
    port: u16,
    /// Listen on a Unix-domain socket. One that was left behind, so that nobody answers on it, is replaced
    #[arg(long, value_name = "FILE", conflicts_with_all = ["host", "port"])]
    path: Option<PathBuf>,
    /// How often to try again if the address is in use
    #[arg(long, value_name = "N", default_value_t = 5)]
    retries: u32,
    /// How long to wait before that, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 1000)]
    retry_after: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    let mut env = Env::new().map_err(|error| Failure::of(&error))?;
    // What arrived before a client's end is still sent back after it.
    let options = ServerOptions::new().allow_half_open(true).keep(true);
    let server = env::enter(&mut env, |cx| create_server(cx, options, echo));
    let target = match &arguments.path {
        Some(path) => Target::Path(path.clone()),
        None => Target::Port(arguments.host.clone(), arguments.port),
    };
    let place = Place {
        target,
        retries: arguments.retries,
        retry_after: Duration::from_millis(arguments.retry_after),
    };
    match server {
        Some(server) => serve(env, server, place),
        None => Ok(Outcome::Well),
    }
}

fn echo(cx: &mut Ctx, _: Server, socket: Socket) {
    let name = match (socket.remote_address(cx), socket.remote_port(cx)) {
        (Some(address), Some(port)) => format!("{address}:{port}"),
        _ => format!("{socket:?}"),
    };
    log::info!("{name} is connected");
    let failing = name.clone();
    socket.on_error(cx, move |_, _, error| {
        log::info!("{failing}: {}", describe(error));
    });
    socket.on_close(cx, move |cx, socket, _| {
        log::info!("{name} is gone after {} bytes", socket.bytes_read(cx));
    });
    socket.duplex().pipe(cx, socket.duplex());
}
