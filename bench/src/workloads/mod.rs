//! What is measured. Each workload is a list of cases; in each case the peers take turns.

mod bulk;
mod churn;
mod echo;
mod idle;
mod jobs;
mod udp;

use std::env;
use std::process::Stdio;
use std::time::Duration;

use clap::ValueEnum;

use crate::ending;
use crate::error::{Result, error};
use crate::jobs::Job;
use crate::load::Times;
use crate::peers::{self, Peer};
use crate::process::{Launch, Server, pinned};
use crate::report::grouped;
use crate::serve::Service;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Workload {
    /// Messages back and forth over TCP.
    Echo,
    /// The same over Unix sockets.
    Unix,
    /// As much as goes through, both ways, and from one socket to another.
    Bulk,
    /// Connections that come and go.
    Churn,
    /// Many connections on which nothing happens.
    Idle,
    /// Timers and timeouts.
    Timers,
    /// Wake-ups from other threads.
    Wakeups,
    /// Turns of the loop with nothing to do, and with many hooks.
    Turns,
    /// Datagrams, one by one and in batches.
    Udp,
}

/// How it is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Setting {
    pub(crate) server_core: usize,
    pub(crate) client_core: usize,
    /// How long a measurement takes, where that can be chosen.
    pub(crate) times: Times,
    /// Fewer cases, and smaller ones.
    pub(crate) quick: bool,
}

/// Which of two is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    More,
    Less,
}

/// One number that a measurement gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metric {
    /// What it is, with its unit.
    pub(crate) name: &'static str,
    pub(crate) better: Better,
    /// Whether uvox is set against the others by it, round by round. If not, it is only shown.
    pub(crate) compared: bool,
    /// Whether a single round says little of it, so that the mean of all is shown, not the median: what the kernel samples.
    pub(crate) sampled: bool,
}

impl Metric {
    pub(crate) const fn more(name: &'static str) -> Metric {
        Metric {
            name,
            better: Better::More,
            compared: true,
            sampled: false,
        }
    }

    pub(crate) const fn less(name: &'static str) -> Metric {
        Metric {
            name,
            better: Better::Less,
            compared: true,
            sampled: false,
        }
    }

    /// One that is only shown.
    pub(crate) const fn shown(name: &'static str) -> Metric {
        Metric {
            name,
            better: Better::Less,
            compared: false,
            sampled: false,
        }
    }

    /// One that is only shown, and whose mean it is that counts.
    pub(crate) const fn sampled(name: &'static str) -> Metric {
        Metric {
            name,
            better: Better::Less,
            compared: false,
            sampled: true,
        }
    }
}

type Measure = Box<dyn Fn(Peer, &Setting) -> Result<Vec<f64>>>;

/// One comparison.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) metrics: &'static [Metric],
    pub(crate) peers: Vec<Peer>,
    /// How many connections are open at a time.
    pub(crate) connections: usize,
    /// Measures a peer once: a number for each metric.
    pub(crate) measure: Measure,
}

impl Workload {
    /// Its cases.
    pub(crate) fn cases(self, setting: &Setting) -> Vec<Case> {
        match self {
            Workload::Echo | Workload::Unix => echo::cases(self, setting),
            Workload::Bulk => bulk::cases(setting),
            Workload::Churn => churn::cases(),
            Workload::Idle => idle::cases(setting),
            Workload::Timers => jobs::timers(setting),
            Workload::Wakeups => jobs::wakeups(setting),
            Workload::Turns => jobs::turns(setting),
            Workload::Udp => udp::cases(setting),
        }
    }
}

impl Times {
    /// In fractions of a second.
    pub(crate) fn of(warm_up: f64, measured: f64) -> Times {
        Times {
            warm_up: Duration::from_secs_f64(warm_up),
            measured: Duration::from_secs_f64(measured),
        }
    }
}

impl Setting {
    /// A server of its own for one measurement.
    fn server(&self, peer: Peer, service: Service, over_unix: bool) -> Result<Server> {
        let mut launch = Launch::new(peer, service, self.server_core);
        launch.unix = over_unix.then(ending::path);
        launch.start()
    }

    /// What comes of a measurement with a server of its own.
    fn served<T>(
        &self,
        peer: Peer,
        service: Service,
        over_unix: bool,
        measure: impl FnOnce(&Server) -> Result<T>,
    ) -> Result<T> {
        let mut server = self.server(peer, service, over_unix)?;
        measure(&server).map_err(|reason| server.why(reason))
    }

    /// A job in a process of its own.
    fn job(&self, peer: Peer, job: Job, count: usize) -> Result<Vec<f64>> {
        let (job, count) = (job.to_string(), count.to_string());
        let [core, other] = [self.server_core, self.client_core].map(|core| core.to_string());
        let mut command = pinned(self.server_core);
        if peer.is_ours() {
            command
                .arg(env::current_exe()?)
                .args(["work", &peer.to_string(), &job, &count])
                .args(["--core", &core, "--other-core", &other]);
        } else {
            command.args(["node", "-e", peers::node_jobs(), &job, &count]);
        }
        let output = command.stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        if !output.status.success() {
            return Err(error(format!("it ended ({})", output.status)));
        }
        let numbers: std::result::Result<Vec<f64>, _> =
            text.split_whitespace().map(str::parse).collect();
        Ok(numbers?)
    }
}

/// So many things of a name that has an `s` when there are several.
fn several(count: usize, name: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{} {name}{s}", grouped(count))
}

/// Those that have such a server.
fn who_serves(service: Service) -> Vec<Peer> {
    let all = Peer::all().iter().copied();
    all.filter(|peer| peer.serves(service)).collect()
}
