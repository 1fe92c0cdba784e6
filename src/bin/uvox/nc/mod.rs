//! `uvox nc`.

mod datagrams;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use uvox::Error;
use uvox::env::{self, Env};
use uvox::event_loop::Ctx;
use uvox::net::{ConnectOptions, Socket, SocketOptions};
use uvox::streams::Duplex;

use crate::failure::{Failure, describe};
use crate::stdio::{self, Stdio};
use crate::{Outcome, interrupt, progress};

/// The status of whatever went wrong, as other programs of that name have it.
const FAILED: u8 = 1;

/// Connect, send standard input, and print what comes.
///
/// At the end of input the peer is told so, and what it sends is still printed. It ends when the peer has ended. Input is not read faster than the peer
/// takes it, nor the peer faster than output does. A transfer that takes long shows how far it is, if standard error is a terminal and the other two are not.
///
/// With --udp each read of standard input is a datagram, on a terminal each line, and what is in datagrams is printed. There is no end to be told or to be waited for:
/// after the end of input answers have a while to come.
///
/// Exit status: 0 when the peer has ended, or with --udp that while, 1 for whatever went wrong, 130 after Ctrl-C.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The host to connect to: an address or a name
    #[arg(required_unless_present = "path", conflicts_with = "path")]
    host: Option<String>,
    /// The port to connect to
    #[arg(required_unless_present = "path", conflicts_with = "path")]
    port: Option<u16>,
    /// Connect to a Unix-domain socket
    #[arg(long, value_name = "FILE")]
    path: Option<PathBuf>,
    /// Go on sending when the peer has ended, until input ends, too
    #[arg(long)]
    half_open: bool,
    /// Send and receive datagrams
    #[arg(long, conflicts_with_all = ["path", "half_open"])]
    udp: bool,
    /// How long to wait for answers after the end of input, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 1000, requires = "udp")]
    wait: u64,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome> {
    transfer(arguments).map_err(|error| Failure::with_status(&error, FAILED).into())
}

fn transfer(arguments: &Arguments) -> Result<Outcome> {
    let mut env = Env::new().map_err(|error| Failure::of(&error))?;
    let begun = env::enter(&mut env, |cx| begin(cx, arguments));
    // Both are put back as they were when this returns, be it with an error.
    let _stdio = begun.transpose().map_err(|error| Failure::of(&error))?;
    env.run().map_err(|error| Failure::of(&error))?;
    Ok(Outcome::Well)
}

fn begin(cx: &mut Ctx, arguments: &Arguments) -> Result<[Stdio; 2], Error> {
    interrupt::ends_run(cx)?;
    if arguments.udp {
        let to = datagrams::To {
            host: arguments.host.clone().unwrap_or_default(),
            port: arguments.port.unwrap_or(0),
            wait: Duration::from_millis(arguments.wait),
        };
        return datagrams::begin(cx, to);
    }
    let options = SocketOptions::new().allow_half_open(arguments.half_open);
    let socket = Socket::new(cx, options)?;
    let [input, output] = open(cx)?;
    join(cx, socket, input.stream, output.stream);
    socket.connect(cx, target(arguments))?;
    Ok([input, output])
}

fn target(arguments: &Arguments) -> ConnectOptions {
    match (&arguments.path, &arguments.host) {
        (Some(path), _) => ConnectOptions::path(path),
        (None, host) => ConnectOptions::port(arguments.port.unwrap_or(0))
            .host(host.as_deref().unwrap_or("localhost")),
    }
}

/// Standard input and output. An error of one of them ends the run.
fn open(cx: &mut Ctx) -> Result<[Stdio; 2], Error> {
    let input = stdio::input(cx).map_err(|error| of("standard input", &error))?;
    let output = stdio::output(cx).map_err(|error| of("standard output", &error))?;
    input.stream.on_error(cx, |cx, _, error| {
        env::throw(cx, of("standard input", error));
    });
    output.stream.on_error(cx, |cx, _, error| {
        env::throw(cx, of("standard output", error));
    });
    Ok([input, output])
}

/// Input to the socket, the socket to output. An error of the socket ends the run, too.
fn join(cx: &mut Ctx, socket: Socket, input: Duplex, output: Duplex) {
    socket.on_error(cx, |cx, _, error| env::throw(cx, error.clone()));
    socket.on_connect(cx, move |cx, socket| {
        log::info!("connected to {:?}", socket.remote(cx));
        progress::watch(cx, socket);
        // Not before there is somebody to send it to: it belongs to whoever reads it next.
        input.pipe(cx, socket.duplex());
    });
    socket.on_end(cx, move |cx, socket| {
        if !socket.allows_half_open(cx) {
            input.destroy(cx, None);
        }
    });
    // With an end of its own accord that is over already.
    socket.on_close(cx, move |cx, _, _| input.destroy(cx, None));
    socket.pipe(cx, output);
}

/// An error of one of the two, which do not say by themselves which they are.
fn of(stream: &str, error: &Error) -> Error {
    Error::new(
        error.code().to_owned(),
        format!("{stream}: {}", describe(error)),
    )
}
