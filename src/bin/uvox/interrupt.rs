//! Ctrl-C, and its like, as the loop's own signals.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process;
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result};
use uvox::env::Env;
use uvox::event_loop::{Ctx, Signal};
use uvox::{Error, env};

use crate::failure::{UNABLE, describe};

/// The signals that ask a command to end: their numbers, which are the same everywhere, their names, and what is said of them.
const SIGNALS: [(i32, &str, &str); 2] =
    [(2, "SIGINT", "interrupted"), (15, "SIGTERM", "terminated")];

/// Calls `f` with the error that [`error`] makes, whenever a signal asks for the end. It does not keep the loop alive.
pub(crate) fn watch(
    cx: &mut Ctx,
    f: impl FnMut(&mut Ctx, Error) + Clone + 'static,
) -> Result<(), Error> {
    for (number, _, _) in SIGNALS {
        let signal = Signal::new(cx);
        let mut f = f.clone();
        let on_signal = move |cx: &mut Ctx, _, number| {
            env::enter(cx, |cx| f(cx, error(number)));
        };
        let started = signal.start(cx, number, on_signal);
        started
            .and_then(|()| cx.unref(signal))
            .map_err(|errno| Error::system(errno, "signal"))?;
    }
    Ok(())
}

/// A signal ends the run, at once.
pub(crate) fn ends_run(cx: &mut Ctx) -> Result<(), Error> {
    watch(cx, env::throw)
}

/// A signal ends the process, at once, from now on: for a command that has no loop of its own to hear of it, or whose loops are not to show it.
pub(crate) fn ends_process() -> Result<()> {
    let (tell, told) = channel();
    let listener = thread::Builder::new().name("signals".to_owned());
    let started = listener.spawn(move || {
        if let Err(error) = listen(&tell) {
            // Then it is whoever waits for it that has gone.
            let _ = tell.send(Err(error));
        }
    });
    started.context("cannot listen to signals")?;
    let listens = told.recv().unwrap_or(Ok(()));
    listens.map_err(|error| anyhow::anyhow!("{error}"))
}

/// A loop of its own, which waits for nothing but signals.
fn listen(tell: &Sender<Result<(), Error>>) -> Result<(), Error> {
    let mut env = Env::new()?;
    watch(&mut env, |_, error| end(&error))?;
    env.begin_request();
    let _ = tell.send(Ok(()));
    env.run()
}

fn end(error: &Error) {
    let left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
    for directory in left.iter() {
        // It may be gone already.
        let _ = fs::remove_dir_all(directory);
    }
    let _ = writeln!(io::stderr(), "uvox: {}", describe(error));
    process::exit(status(error).unwrap_or(UNABLE).into());
}

/// Directories that are removed if a signal ends the process, when nobody comes to drop what would have removed them.
static LEFT: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Removes a directory, with all that is in it, when [a signal ends the process](ends_process).
pub(crate) fn removes(directory: PathBuf) {
    let mut left = LEFT.lock().unwrap_or_else(PoisonError::into_inner);
    left.push(directory);
}

/// What a run ends with that is ended by a signal.
fn error(number: i32) -> Error {
    match SIGNALS.iter().find(|(other, _, _)| *other == number) {
        Some((_, name, said)) => Error::new(*name, *said),
        None => Error::new("SIGNAL", format!("signal {number}")),
    }
}

/// The exit status of what a signal ended, if one did.
pub(crate) fn status(error: &Error) -> Option<u8> {
    let (number, _, _) = SIGNALS.iter().find(|(_, name, _)| *name == error.code())?;
    Some(128 + *number as u8)
}
