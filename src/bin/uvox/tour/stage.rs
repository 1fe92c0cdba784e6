//! Who acts: a server, a client, and the server's end of their connection, in one loop that is turned by hand.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Result, bail};
use uvox::env::{self, Env};
use uvox::event_loop::trace::{self, Event, Recorder};
use uvox::event_loop::{Ctx, RunMode};
use uvox::net::{Server, Socket};
use uvox::stream::node::HandleWrap;

use super::names::Names;

/// What happens in a stop takes no longer than this.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the listeners have seen.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) listening: bool,
    pub(super) connected: bool,
    pub(super) peer: Option<Socket>,
    /// How many bytes came to the client, and to the peer.
    pub(super) client_got: usize,
    pub(super) peer_got: usize,
    pub(super) peer_ended: bool,
    pub(super) written: bool,
    pub(super) drained: usize,
    /// Who has closed, and whether after an error.
    pub(super) closed: Vec<(&'static str, bool)>,
    late: bool,
}

/// The stage.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) env: Env,
    pub(super) seen: Rc<RefCell<Seen>>,
    pub(super) server: Option<Server>,
    pub(super) client: Option<Socket>,
    recorder: Recorder,
    names: Names,
}

impl Stage {
    pub(super) fn new() -> Result<Stage> {
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        Ok(Stage {
            env: Env::new()?,
            seen: Rc::default(),
            server: None,
            client: None,
            recorder,
            names: Names::default(),
        })
    }

    /// Does what a user would, in a scope of its own.
    pub(super) fn act<R>(&mut self, f: impl FnOnce(&mut Ctx) -> R) -> Result<R> {
        match env::enter(&mut self.env, f) {
            Some(result) => Ok(result),
            None => bail!(self.failure()),
        }
    }

    fn failure(&self) -> String {
        let error = env::uncaught(&self.env);
        error.map_or_else(|| "the run is over".to_owned(), ToString::to_string)
    }

    /// Turns the loop until it is so.
    pub(super) fn until(&mut self, is_so: impl Fn(&Ctx, &Seen) -> bool) -> Result<()> {
        let seen = self.seen.clone();
        seen.borrow_mut().late = false;
        let late = seen.clone();
        let patience = env::set_timeout(&mut self.env, PATIENCE, move |_| {
            late.borrow_mut().late = true;
        });
        patience.unref(&mut self.env);
        while !is_so(&self.env, &seen.borrow()) {
            self.env.event_loop().run(RunMode::Once)?;
            if env::uncaught(&self.env).is_some() {
                bail!(self.failure());
            }
            if seen.borrow().late {
                bail!("nothing came of it within {} s", PATIENCE.as_secs());
            }
        }
        patience.clear(&mut self.env);
        Ok(())
    }

    /// Turns the loop once, without waiting.
    pub(super) fn turn(&mut self) -> Result<()> {
        self.env.event_loop().run(RunMode::NoWait)?;
        Ok(())
    }

    pub(super) fn peer(&self) -> Option<Socket> {
        self.seen.borrow().peer
    }

    /// What happened since this was asked last.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        self.name_all();
        let events = self.recorder.events();
        self.recorder.clear();
        events
    }

    /// What has happened since then, without taking it.
    pub(super) fn events(&self) -> Vec<Event> {
        self.recorder.events()
    }

    pub(super) fn names(&self) -> &Names {
        &self.names
    }

    /// Gives those that are there their names; they keep them when they are gone.
    fn name_all(&mut self) {
        if let Some(server) = self.server {
            self.names.add(&server, "server");
            if let Some(wrap) = server.wrap(&self.env) {
                self.name_wrap(wrap, "server");
            }
        }
        for (socket, name) in [(self.client, "client"), (self.peer(), "peer")] {
            let Some(socket) = socket else {
                continue;
            };
            self.names.add(&socket, name);
            self.names.add(&socket.duplex(), name);
            if let Some(wrap) = socket.wrap(&self.env) {
                self.name_wrap(wrap, name);
            }
        }
    }

    fn name_wrap(&mut self, wrap: impl HandleWrap, name: &'static str) {
        let base = wrap.stream_base();
        self.names.add(&base, name);
        if let Some(key) = base.handle(&self.env) {
            self.names.add(&key, name);
        }
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        trace::take();
    }
}
