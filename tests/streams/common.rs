//! What every scenario is run in.

use uvox::env::{self, Env};
use uvox::event_loop::{Ctx, Loop};
use uvox::streams::{Custom, Duplex, Options};
pub(crate) use uvox_testing::{Seen, scenario};

/// Runs a program to its end, which must leave no handle behind.
pub(crate) fn program(main: impl FnOnce(&mut Ctx)) {
    let mut env = Env::new().unwrap();
    env::enter(&mut env, main);
    env.run().unwrap();
    Loop::close(env.into_loop()).unwrap();
}

/// A stream that is read from what the scenario pushes, and writes to nowhere, at once.
pub(crate) fn plain(cx: &mut Ctx) -> Duplex {
    Custom::new()
        .read(|_, _, _| ())
        .write(|cx, stream, _| stream.written(cx, Ok(())))
        .duplex(cx, &Options::new())
}
