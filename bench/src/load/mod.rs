//! The load: one generator, the same for all, on epoll and nothing else. What it knows of the servers is where they listen.

mod bulk;
mod churn;
mod datagrams;
mod echo;
mod socket;

pub(crate) use bulk::{Flow, flow};
pub(crate) use churn::visit;
pub(crate) use datagrams::{Offload, datagrams};
pub(crate) use echo::{Echo, Echoed};

use std::time::{Duration, Instant};

use crate::error::{Result, error};
use crate::process::{Cpu, Server};

/// How long a measurement takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Times {
    /// Before anything is counted.
    pub(crate) warm_up: Duration,
    /// While it is.
    pub(crate) measured: Duration,
}

/// What the server used while a number of things were done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Wall-clock time, in seconds.
    pub(crate) seconds: f64,
    /// Of the server's processor time, in nanoseconds.
    pub(crate) user_ns: f64,
    pub(crate) system_ns: f64,
}

impl Cost {
    pub(crate) fn cpu_ns(&self) -> f64 {
        self.user_ns + self.system_ns
    }
}

/// Looks at the clock for a generator: warms the server up, then measures it.
struct Clock<'a> {
    server: &'a Server,
    times: Times,
    warm_at: Instant,
    /// Since when it is measured, and what the server had used by then.
    since: Option<(Instant, Cpu)>,
}

/// How long nothing at all may come of it.
const PATIENCE: Duration = Duration::from_secs(5);

/// What the clock says.
enum Now {
    /// Nothing that would be new.
    AsBefore,
    /// What is counted is counted from here on.
    Warm,
    /// That was it.
    Over(Cost),
}

impl<'a> Clock<'a> {
    fn start(server: &'a Server, times: Times) -> Clock<'a> {
        Clock {
            server,
            times,
            warm_at: Instant::now() + times.warm_up,
            since: None,
        }
    }

    fn is_measuring(&self) -> bool {
        self.since.is_some()
    }

    /// To be asked again and again; `done` is how many things were, since it was warm. However long the generator was kept from running meanwhile, what is
    /// measured lasts as long as it is to; and longer, if nothing was done yet.
    fn look(&mut self, done: u64) -> Result<Now> {
        let now = Instant::now();
        let Some((since, before)) = &self.since else {
            if now < self.warm_at {
                return Ok(Now::AsBefore);
            }
            let before = self.server.cpu()?;
            self.since = Some((Instant::now(), before));
            return Ok(Now::Warm);
        };
        let over = self.times.measured;
        if done == 0 && now - *since > over + PATIENCE {
            return Err(error("the server does not answer"));
        }
        if done == 0 || now - *since < over {
            return Ok(Now::AsBefore);
        }
        let seconds = since.elapsed().as_secs_f64();
        let after = self.server.cpu()?;
        let total = after.total.saturating_sub(before.total) as f64;
        let user = after.user_ticks.saturating_sub(before.user_ticks) as f64;
        let system = after.system_ticks.saturating_sub(before.system_ticks) as f64;
        let share = if user + system > 0.0 {
            user / (user + system)
        } else {
            0.0
        };
        Ok(Now::Over(Cost {
            seconds,
            user_ns: total * share,
            system_ns: total * (1.0 - share),
        }))
    }
}
