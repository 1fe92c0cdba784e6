//! Those that are compared. Each serves as well as a good program of its kind would.

mod bare;
#[cfg(feature = "libuv")]
mod libuv;
mod mio;
mod node;
mod tokio;
mod uvox;

use std::fmt;
use std::net::Ipv4Addr;

use clap::ValueEnum;

#[cfg(feature = "libuv")]
pub(crate) use libuv::{sizes as libuv_sizes, version as libuv_version};
pub(crate) use node::{jobs as node_jobs, script as node_script};

use crate::error::{Result, error};
use crate::host;
use crate::jobs::{Assignment, Job};
use crate::serve::{Order, Service};

/// One that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Peer {
    /// uvox, the uv room's streams: `try_write`, and `write` for the rest.
    UvoxUv,
    /// The same with `write` alone, which calls back.
    UvoxUvWrite,
    /// uvox, `StreamBase` over a uv stream.
    UvoxBase,
    /// uvox, `net`.
    UvoxNet,
    /// libuv: `uv_try_write`, and `uv_write` for the rest; one buffer for all reads.
    #[cfg(feature = "libuv")]
    Libuv,
    /// libuv with `uv_write` alone; requests and buffers from a free list.
    #[cfg(feature = "libuv")]
    LibuvWrite,
    /// tokio, current-thread: `read` and `write_all`, a task and a buffer for each connection.
    Tokio,
    /// tokio, current-thread: `poll_read` into one buffer for all, `try_write` at once, `write_all` for the rest.
    TokioShared,
    /// mio, edge-triggered.
    Mio,
    /// Node's `net`.
    Node,
    /// A loop on epoll that does nothing else: the floor.
    Bare,
}

impl Peer {
    /// All of them, in the order in which they take turns.
    pub(crate) fn all() -> &'static [Peer] {
        Peer::value_variants()
    }

    /// Whether it is a process of this program.
    pub(crate) fn is_ours(self) -> bool {
        self != Peer::Node
    }

    /// Whether it has such a server.
    pub(crate) fn serves(self, service: Service) -> bool {
        match service {
            Service::Echo => true,
            Service::Sink | Service::Source => !self.is_variant(),
            Service::Relay => !self.is_variant() && self != Peer::Mio,
            Service::Splice => matches!(
                self,
                Peer::UvoxUv | Peer::UvoxBase | Peer::UvoxNet | Peer::Bare
            ),
            Service::UdpEcho => !self.is_variant() && self != Peer::UvoxBase,
            Service::UdpBatch | Service::UdpAlone => {
                #[cfg(feature = "libuv")]
                if self == Peer::Libuv {
                    return true;
                }
                matches!(self, Peer::UvoxUv | Peer::Bare)
            }
        }
    }

    /// Whether it can do such a job.
    pub(crate) fn does(self, job: Job) -> bool {
        // The stream base has nothing to do with any of them.
        if self.is_variant() || self == Peer::UvoxBase {
            return false;
        }
        match job {
            Job::Timers | Job::Timeouts => !matches!(self, Peer::Mio | Peer::Bare),
            Job::Wakeups | Job::Latency => !matches!(self, Peer::UvoxNet | Peer::Node),
            Job::Turns => self != Peer::UvoxNet,
            Job::Hooks => !matches!(
                self,
                Peer::UvoxNet | Peer::Tokio | Peer::Mio | Peer::Node | Peer::Bare
            ),
        }
    }

    /// Whether it is another way to do what its neighbour does, which differs in echoing only.
    fn is_variant(self) -> bool {
        #[cfg(feature = "libuv")]
        if self == Peer::LibuvWrite {
            return true;
        }
        matches!(self, Peer::UvoxUvWrite | Peer::TokioShared)
    }
}

/// Those that were named, or all, without those that are not there; and which those are. One that was named has to be there.
pub(crate) fn present(named: &[Peer]) -> Result<(Vec<Peer>, Option<String>)> {
    let wanted = |peer: &Peer| named.is_empty() || named.contains(peer);
    let mut peers: Vec<Peer> = Peer::all().iter().copied().filter(wanted).collect();
    if host::has("node") || !peers.contains(&Peer::Node) {
        return Ok((peers, None));
    }
    let missing = "node: it is not in the PATH".to_owned();
    if !named.is_empty() {
        return Err(error(missing));
    }
    peers.retain(|peer| *peer != Peer::Node);
    Ok((peers, Some(missing)))
}

/// Where servers listen: the kernel chooses the port.
pub(crate) const LOCALHOST: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 0);

/// Makes pairs of connections, in the order in which they come.
#[derive(Debug)]
pub(crate) struct Pairs<T>(Option<T>);

impl<T> Default for Pairs<T> {
    fn default() -> Pairs<T> {
        Pairs(None)
    }
}

impl<T> Pairs<T> {
    /// The pair, if this one is its second half.
    pub(crate) fn add(&mut self, connection: T) -> Option<(T, T)> {
        match self.0.take() {
            Some(first) => Some((first, connection)),
            None => {
                self.0 = Some(connection);
                None
            }
        }
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value().expect("none is skipped");
        f.pad(value.get_name())
    }
}

/// Serves until it is killed.
pub(crate) fn serve(order: &Order) -> Result<()> {
    match order.peer {
        Peer::UvoxUv | Peer::UvoxNet if order.service.is_udp() => uvox::udp::serve(order),
        Peer::UvoxUv | Peer::UvoxUvWrite => uvox::uv::serve(order),
        Peer::UvoxBase => uvox::base::serve(order),
        Peer::UvoxNet => uvox::net::serve(order),
        #[cfg(feature = "libuv")]
        Peer::Libuv | Peer::LibuvWrite => libuv::serve(order),
        Peer::Tokio | Peer::TokioShared => tokio::serve(order),
        Peer::Mio => mio::serve(order),
        Peer::Bare => bare::serve(order),
        Peer::Node => Err(error("Node is a program of its own")),
    }
}

/// Does a job, and returns its numbers.
pub(crate) fn work(assignment: &Assignment) -> Result<Vec<f64>> {
    match assignment.peer {
        Peer::UvoxUv | Peer::UvoxUvWrite | Peer::UvoxBase | Peer::UvoxNet => {
            uvox::jobs::work(assignment)
        }
        #[cfg(feature = "libuv")]
        Peer::Libuv | Peer::LibuvWrite => libuv::work(assignment),
        Peer::Tokio | Peer::TokioShared => tokio::work(assignment),
        Peer::Mio => mio::work(assignment),
        Peer::Bare => bare::work(assignment),
        Peer::Node => Err(error("Node is a program of its own")),
    }
}
