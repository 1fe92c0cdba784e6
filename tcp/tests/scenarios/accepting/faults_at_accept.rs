//! Whatever `accept` says: connections behind the one it concerns are accepted, and who should know is told.

use std::net::TcpStream;
use std::time::Duration;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop};
use uvox_stream::uv::{
    OutOfDescriptors, accept_counts, on_out_of_descriptors, set_out_of_descriptors,
};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close, close_and_end, hosts, listener, scenario, until};

const ACCEPT: &str = if cfg!(target_vendor = "apple") {
    "accept"
} else {
    "accept4"
};
const PEERS: usize = 4;

/// A listener, with as many connections waiting, and what its callback is told.
struct Waiting {
    lp: Loop,
    server: Tcp,
    told: Seen<Result<(), Errno>>,
    peers: Vec<TcpStream>,
}

impl Waiting {
    fn new() -> Waiting {
        let mut lp = Loop::new().unwrap();
        let told = Seen::new();
        let record = told.clone();
        let (server, address) = listener(&mut lp, hosts()[0], move |_, _, connection| {
            record.add(connection.map(drop));
        });
        let peers = (0..PEERS).map(|_| TcpStream::connect(address).unwrap());
        Waiting {
            peers: peers.collect(),
            lp,
            server,
            told,
        }
    }

    /// One more connects, and is accepted.
    fn accepts_another(&mut self) {
        let address = self.server.getsockname(&mut self.lp).unwrap();
        self.peers.push(TcpStream::connect(address).unwrap());
        let before = self.told.len();
        until(&mut self.lp, |_| self.told.len() > before);
        assert_eq!(self.told.all().last(), Some(&Ok(())));
    }
}

fn fault_at(nth: usize, errno: Errno) -> fault::Plan {
    fault::plan([Fault::new(ACCEPT, nth as u32, Effect::Fail(errno))])
}

/// Nobody is concerned: all are accepted, and nothing else is told.
#[test]
fn of_no_concern() {
    scenario(|| {
        for errno in [Errno::EINTR, Errno::ECONNABORTED, Errno::EAGAIN] {
            for nth in 1..=PEERS {
                let mut waiting = Waiting::new();
                let faults = fault_at(nth, errno);
                until(&mut waiting.lp, |_| waiting.told.len() == PEERS);
                assert_eq!(faults.left(), 0, "{errno} {nth}");
                assert_eq!(waiting.told.all(), [Ok(()); PEERS]);
                close_and_end(waiting.lp, &[waiting.server]);
            }
        }
    });
}

/// It was one connection's own: that is told, and all that are there are accepted.
#[test]
fn of_one_connection() {
    scenario(|| {
        for errno in [Errno::ECONNRESET, Errno::EPROTO, Errno::ENETUNREACH] {
            for nth in 1..=PEERS {
                let mut waiting = Waiting::new();
                let faults = fault_at(nth, errno);
                until(&mut waiting.lp, |_| waiting.told.len() == PEERS + 1);
                assert_eq!(faults.left(), 0);
                let mut expected = vec![Ok(()); PEERS];
                expected.insert(nth - 1, Err(errno));
                assert_eq!(waiting.told.all(), expected);
                waiting.accepts_another();
                close_and_end(waiting.lp, &[waiting.server]);
            }
        }
    });
}

#[test]
fn out_of_descriptors_drop() {
    scenario(|| {
        for nth in 1..=PEERS {
            let mut waiting = Waiting::new();
            let faults = fault_at(nth, Errno::EMFILE);
            let shortages = Seen::new();
            let record = shortages.clone();
            on_out_of_descriptors(&mut waiting.lp, move |_, shortage| {
                record.add((shortage.errno, shortage.dropped));
            });
            until(&mut waiting.lp, |_| !shortages.is_empty());
            let dropped = PEERS - (nth - 1);
            assert_eq!(faults.left(), 0);
            assert_eq!(waiting.told.all(), vec![Ok(()); nth - 1]);
            assert_eq!(shortages.all(), [(Errno::EMFILE, dropped as u64)]);
            assert_eq!(accept_counts(&waiting.lp).dropped, dropped as u64);
            waiting.accepts_another();
            close_and_end(waiting.lp, &[waiting.server]);
        }
    });
}

#[test]
fn out_of_descriptors_wait() {
    scenario(|| {
        let policies = [
            OutOfDescriptors::Pause,
            OutOfDescriptors::BackOff(Duration::from_millis(1)),
        ];
        for policy in policies {
            for nth in 1..=PEERS {
                let mut waiting = Waiting::new();
                set_out_of_descriptors(&mut waiting.lp, policy);
                let faults = fault_at(nth, Errno::EMFILE);
                // Another handle with a descriptor, to be closed when one is wanted.
                let (other, _) = listener(&mut waiting.lp, hosts()[0], |_, _, _| ());
                on_out_of_descriptors(&mut waiting.lp, move |cx, shortage| {
                    assert_eq!((shortage.errno, shortage.dropped), (Errno::EMFILE, 0));
                    close(cx, other);
                });
                until(&mut waiting.lp, |_| waiting.told.len() == PEERS);
                assert_eq!(faults.left(), 0);
                assert_eq!(waiting.told.all(), [Ok(()); PEERS]);
                let counts = accept_counts(&waiting.lp);
                assert_eq!((counts.shortages, counts.dropped), (1, 0));
                assert_eq!(counts.paused + counts.backed_off, 1);
                waiting.accepts_another();
                close_and_end(waiting.lp, &[waiting.server]);
            }
        }
    });
}
