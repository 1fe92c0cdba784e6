//! Plays scenarios on uvox, as `runner.js` does on Node.

mod act;
mod act_on_datagrams;
mod datagrams;
mod endpoints;

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use tempfile::TempDir;
use uvox::Error;
use uvox::dgram;
use uvox::env::{self, Env};
use uvox::event_loop::Ctx;
use uvox::net::{ListenOptions, Server, ServerOptions, Socket};

use crate::scenario::{Endpoint, Event, Scenario};
use crate::trace::Trace;

/// A play that is going on.
struct Play {
    scenario: Scenario,
    trace: RefCell<Trace>,
    server: Cell<Option<Server>>,
    /// How many connections were accepted.
    peers: Cell<usize>,
    /// Sockets for datagrams, and the port that each has had, once it had one.
    sockets: RefCell<Vec<(dgram::Socket, Option<u16>)>>,
    /// A port that nobody listens on.
    nobodys_port: Cell<u16>,
    /// Where the server's path is, if it has one.
    directory: RefCell<Option<TempDir>>,
    is_cut_off: Cell<bool>,
}

/// Who does something.
#[derive(Clone, Copy)]
struct Actor {
    endpoint: Endpoint,
    part: Part,
}

/// What an endpoint is.
#[derive(Clone, Copy)]
enum Part {
    Server,
    Stream(Socket),
    Datagrams(dgram::Socket),
}

/// Plays a scenario to its end; its trace.
///
/// # Errors
///
/// The system's, if there cannot be a loop, or it cannot wait.
pub(crate) fn play(scenario: Scenario) -> Result<String> {
    let limit = Duration::from_millis(scenario.limit_ms().into());
    let play = Rc::new(Play {
        scenario,
        trace: RefCell::default(),
        server: Cell::new(None),
        peers: Cell::new(0),
        sockets: RefCell::default(),
        nobodys_port: Cell::new(0),
        directory: RefCell::new(None),
        is_cut_off: Cell::new(false),
    });
    let mut env = Env::new().map_err(own)?;
    let player = play.clone();
    env::enter(&mut env, |cx| {
        player.cut_off_after(cx, limit);
        match player.scenario.sockets.is_empty() {
            true => player.begin(cx),
            false => player.begin_with_datagrams(cx),
        }
    });
    let ran = env.run();
    let exit = match (env::uncaught(&env), ran) {
        _ if play.is_cut_off.get() => "limit",
        (Some(error), _) => {
            play.note("process", format!("uncaught {}", code(error)));
            "uncaught"
        }
        (None, Err(error)) => return Err(own(error)),
        (None, Ok(())) => "drained",
    };
    let trace = play.trace.borrow();
    Ok(format!("{trace}exit {exit}\n"))
}

impl Play {
    fn note(&self, endpoint: impl Display, line: impl Into<String>) {
        self.trace.borrow_mut().note(endpoint, line);
    }

    /// Does what the script says for it.
    fn happened(self: &Rc<Play>, cx: &mut Ctx, who: Actor, event: Event) {
        if let Some(actions) = self.scenario.script(who.endpoint, event) {
            self.run(cx, who, &actions);
        }
    }

    /// Ends the play by an error that nobody catches, unless it is over before. Waiting for that keeps nothing alive.
    fn cut_off_after(self: &Rc<Play>, cx: &mut Ctx, limit: Duration) {
        let play = self.clone();
        let timeout = env::set_timeout(cx, limit, move |cx| {
            play.is_cut_off.set(true);
            env::throw(cx, Error::new("", "the play is cut off"));
        });
        timeout.unref(cx);
    }

    /// Finds the port that nobody listens on, which was somebody's a moment ago; then comes the server.
    fn begin(self: &Rc<Play>, cx: &mut Ctx) {
        let somebody = Server::new(cx, ServerOptions::new());
        let play = self.clone();
        let listening = move |cx: &mut Ctx, somebody: Server| {
            play.nobodys_port.set(somebody.port(cx).unwrap_or(0));
            somebody.close_then(cx, move |cx, _| play.serve(cx));
        };
        throw_err(cx, |cx| {
            let options = ListenOptions::port(0).host("127.0.0.1");
            somebody.listen_then(cx, options, listening)
        });
    }
}

/// An error that Node would throw at the caller is one that nobody catches here.
fn throw_err(cx: &mut Ctx, call: impl FnOnce(&mut Ctx) -> Result<(), Error>) {
    if let Err(error) = call(cx) {
        env::throw(cx, error);
    }
}

fn own(error: Error) -> anyhow::Error {
    anyhow!("{error}")
}

/// An error's code, as traces have it.
fn code(error: &Error) -> String {
    match error.code() {
        "" => "Error".to_owned(),
        code => code.to_owned(),
    }
}

fn outcome<T>(result: &Result<T, Error>) -> String {
    match result {
        Ok(_) => "ok".to_owned(),
        Err(error) => code(error),
    }
}
