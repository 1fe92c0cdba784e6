//! Ctrl-C, and its like, as the loop's own signals.

use uvox::event_loop::{Ctx, Signal};
use uvox::{Error, env};

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
