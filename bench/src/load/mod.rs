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

use std::time::Duration;

use crate::error::Result;
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

/// Measures from now on.
struct Meter {
    start: std::time::Instant,
    before: Cpu,
}

impl Meter {
    fn start(server: &Server) -> Result<Meter> {
        Ok(Meter {
            before: server.cpu()?,
            start: std::time::Instant::now(),
        })
    }

    fn stop(self, server: &Server) -> Result<Cost> {
        let seconds = self.start.elapsed().as_secs_f64();
        let after = server.cpu()?;
        let total = after.total.saturating_sub(self.before.total) as f64;
        let user = (after.user_ticks - self.before.user_ticks) as f64;
        let system = (after.system_ticks - self.before.system_ticks) as f64;
        let share = if user + system > 0.0 {
            user / (user + system)
        } else {
            0.0
        };
        Ok(Cost {
            seconds,
            user_ns: total * share,
            system_ns: total * (1.0 - share),
        })
    }
}
