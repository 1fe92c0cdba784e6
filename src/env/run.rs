//! A loop that ends with the first error that nobody caught.

use std::ops::{Deref, DerefMut};

use uvox_loop::{Ctx, Loop, RunMode};

use super::scope::{run_ticks, uncaught};
use crate::Error;

/// A loop of its own for a program in the manner of Node: [`run`](Env::run) is its main loop (`node::SpinEventLoop`). It derefs to the loop's [`Ctx`].
#[derive(Debug)]
pub struct Env {
    lp: Loop,
}

impl Env {
    /// Makes the loop. A listener accepts one connection a turn, and a socket may be read 32 times, 2 MiB in all, as in libuv: it tells in the order of the turns that
    /// Node's programs see. With a loop of one's own, made by a [builder](Loop::builder), it can be otherwise.
    ///
    /// # Errors
    ///
    /// What the kernel says if it cannot, such as `EMFILE`.
    pub fn new() -> Result<Env, Error> {
        let builder = Loop::builder().budgets(|budgets| {
            budgets.accepts = 1;
            budgets.read_bytes = budgets.reads as usize * Ctx::SCRATCH_SIZE;
        });
        let lp = builder
            .build()
            .map_err(|errno| Error::system(errno, "loop"))?;
        Ok(Env { lp })
    }

    /// Runs until nothing is left to wait for, after the ticks that wait already.
    ///
    /// # Errors
    ///
    /// The first error that nobody caught. Whatever was open stays open, and nothing more is called; the environment can only be dropped.
    pub fn run(&mut self) -> Result<(), Error> {
        run_ticks(&mut self.lp);
        while uncaught(&self.lp).is_none() {
            let more = self.lp.run(RunMode::Default);
            if !more.map_err(|errno| Error::system(errno, "poll"))? {
                break;
            }
        }
        uncaught(&self.lp).cloned().map_or(Ok(()), Err)
    }

    /// The loop itself.
    pub fn event_loop(&mut self) -> &mut Loop {
        &mut self.lp
    }

    /// The loop itself, to be its own master.
    pub fn into_loop(self) -> Loop {
        self.lp
    }
}

impl From<Loop> for Env {
    fn from(lp: Loop) -> Env {
        Env { lp }
    }
}

impl Deref for Env {
    type Target = Ctx;

    fn deref(&self) -> &Ctx {
        &self.lp
    }
}

impl DerefMut for Env {
    fn deref_mut(&mut self) -> &mut Ctx {
        &mut self.lp
    }
}
