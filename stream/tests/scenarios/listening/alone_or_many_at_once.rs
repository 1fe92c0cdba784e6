//! A connection that comes alone costs one call to accept it; after many at once, as many are looked for in each turn as there may be.

use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Loop, RunMode};

use super::support::{ACCEPT, clients, listening};
use crate::common::{Seen, close_and_end, scenario, until};

/// How many connections are tried to be accepted in `f`, those included that are not there.
fn tried(f: impl FnOnce()) -> usize {
    let recorder = Recorder::new();
    trace::set(recorder.clone());
    f();
    trace::take();
    let events = recorder.events();
    events.iter().filter(|event| event.name == ACCEPT).count()
}

#[test]
fn alone_or_many_at_once() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (server, address) = listening(&mut lp, move |cx, _, connection| {
            connection.unwrap();
            record.add(cx.metrics().turns);
        });
        let mut held = Vec::new();
        let mut come = |lp: &mut Loop, count: usize| {
            held.extend(clients(address, count));
            let calls = tried(|| until(lp, |_| seen.len() == count));
            // A turn in which nobody came.
            lp.run(RunMode::NoWait).unwrap();
            let turns = seen.take();
            let batches: Vec<usize> = turns.chunk_by(|a, b| a == b).map(<[u64]>::len).collect();
            (batches, calls)
        };
        assert_eq!(come(&mut lp, 1), (vec![1], 2), "nothing is known yet");
        assert_eq!(come(&mut lp, 1), (vec![1], 1));
        assert_eq!(come(&mut lp, 1), (vec![1], 1));
        assert_eq!(
            come(&mut lp, 8),
            (vec![1, 2, 4, 1], 9),
            "twice as many each time"
        );
        assert_eq!(come(&mut lp, 1), (vec![1], 1));
        close_and_end(lp, &[server]);
    });
}
