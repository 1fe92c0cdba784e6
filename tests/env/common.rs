//! What every scenario is run in.

use uvox::env::Env;
use uvox::event_loop::{Ctx, Loop};
pub(crate) use uvox_testing::{Seen, scenario};

/// Runs a program to its end, which must leave no handle behind.
pub(crate) fn program(main: impl FnOnce(&mut Ctx)) {
    let mut env = Env::new().unwrap();
    uvox::env::enter(&mut env, main);
    env.run().unwrap();
    Loop::close(env.into_loop()).unwrap();
}
