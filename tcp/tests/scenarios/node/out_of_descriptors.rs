//! There is no descriptor for a connection of a wrap's: by the loop's policy those that wait are accepted when there is one, or are dropped, and the
//! callback hears of neither as an error.

use std::time::Duration;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::node::HandleWrap;
use uvox_stream::uv::{OutOfDescriptors, accept_counts, set_out_of_descriptors};

use super::support::{client, server};
use crate::common::{Seen, end, scenario, until};

const ACCEPT: &str = if cfg!(target_vendor = "apple") {
    "accept"
} else {
    "accept4"
};

const PEERS: usize = 3;

#[test]
fn they_wait_until_there_is_one() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let moment = Duration::from_millis(1);
        set_out_of_descriptors(&mut lp, OutOfDescriptors::BackOff(moment));
        let accepted = Seen::new();
        let record = accepted.clone();
        let (server, port) = server(&mut lp, move |_, _, peer| record.add(peer));
        let faults = fault::plan([Fault::new(ACCEPT, 2, Effect::Fail(Errno::EMFILE))]);
        let connected = Seen::new();
        for _ in 0..PEERS {
            let done = connected.clone();
            client(&mut lp, port, move |_, client| done.add(client));
        }
        until(&mut lp, |_| {
            accepted.len() == PEERS && connected.len() == PEERS
        });
        assert_eq!((faults.left(), accept_counts(&lp).shortages), (0, 1));
        for wrap in accepted.all().into_iter().chain(connected.all()) {
            wrap.close(&mut lp, |_| ());
        }
        server.close(&mut lp, |_| ());
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

#[test]
fn they_are_dropped() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let accepted = Seen::new();
        let record = accepted.clone();
        let (server, port) = server(&mut lp, move |_, _, peer| record.add(peer));
        let faults = fault::plan([Fault::new(ACCEPT, 1, Effect::Fail(Errno::EMFILE))]);
        let ended = Seen::new();
        let heard = ended.clone();
        client(&mut lp, port, move |cx, client| {
            client.set_on_read(cx, move |cx, _, data| {
                heard.add(data.map(<[u8]>::len));
                client.close(cx, |_| ());
            });
            client.read_start(cx).unwrap();
        });
        // The peer is told by the end of the connection.
        until(&mut lp, |_| !ended.is_empty());
        assert_eq!(ended.all(), [Err(Errno::EOF)]);
        assert_eq!((faults.left(), accept_counts(&lp).dropped), (0, 1));
        assert!(accepted.is_empty());
        server.close(&mut lp, |_| ());
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
