//! A write that the kernel takes in parts says in the trace how much it took, how much is queued, and what each later attempt did with that.

use std::io::Read;

use uvox_loop::trace::{self, Event, Outcome, Recorder, Value};
use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair};

const TOTAL: usize = 16 << 20;

fn arg(event: &Event, name: &str) -> usize {
    match event.args.iter().find(|(one, _)| *one == name) {
        Some((_, Value::Uint(number))) => *number as usize,
        other => panic!("{name} of {event} is {other:?}"),
    }
}

fn named<'a>(events: &'a [Event], name: &str) -> Vec<&'a Event> {
    events.iter().filter(|event| event.name == name).collect()
}

#[test]
fn trace_of_a_partial_write() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = tcp_pair();
        let stream = stream_on(&mut lp, ours);
        peer.set_nonblocking(true).unwrap();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let written = Seen::new();
        let record = written.clone();
        stream
            .write(&mut lp, &vec![7; TOTAL], move |_, _, written| {
                record.add(written.bytes);
            })
            .unwrap();
        let queued_bytes = stream.write_queue_size(&lp);
        let mut buffer = vec![0; 1 << 20];
        while written.is_empty() {
            while peer.read(&mut buffer).is_ok_and(|count| count > 0) {}
            lp.run(RunMode::NoWait).unwrap();
        }
        trace::take();
        let events = recorder.events();

        let [begun] = named(&events, "stream.write")[..] else {
            panic!("one write")
        };
        let [queued] = named(&events, "stream.write.queued")[..] else {
            panic!("queued once")
        };
        let [done] = named(&events, "stream.write.done")[..] else {
            panic!("done once")
        };
        assert_eq!(arg(begun, "bytes"), TOTAL);
        let took = arg(queued, "took");
        assert!(took > 0 && took < TOTAL);
        assert_eq!(
            (arg(queued, "bytes"), arg(queued, "queued")),
            (TOTAL, TOTAL - took)
        );
        assert_eq!(queued_bytes, TOTAL - took);
        assert_eq!(queued.result, Outcome::Done(took as u64));
        assert_eq!(queued.queue, Some((0, queued_bytes as u64)));
        assert_eq!(queued.cause, Some(begun.seq));
        // The call stands between the two, with the same result.
        let call = &events[usize::try_from(queued.seq - events[0].seq).unwrap() - 1];
        assert_eq!((call.name, call.result), ("send", queued.result));
        assert_eq!(call.cause, Some(begun.seq));

        attempts_go_on_from_each_other(&events, queued_bytes as u64);
        assert_eq!(arg(done, "bytes"), TOTAL);
        close_and_end(lp, &[stream]);
    });
}

/// Each attempt begins where the last one ended, and comes from the loop; the last one leaves nothing.
fn attempts_go_on_from_each_other(events: &[Event], mut left: u64) {
    for tried in named(events, "stream.flush.done") {
        let (before, after) = tried.queue.unwrap();
        assert_eq!(before, left, "{tried}");
        match tried.result {
            Outcome::Done(took) => assert_eq!(before - after, took, "{tried}"),
            other => assert_eq!(
                (other, before),
                (Outcome::Failed(Errno::EAGAIN), after),
                "{tried}"
            ),
        }
        left = after;
        let opened = events.iter().find(|one| Some(one.seq) == tried.cause);
        let opened = opened.unwrap();
        assert_eq!(opened.name, "stream.flush");
        let ready = events.iter().find(|one| Some(one.seq) == opened.cause);
        assert_eq!(ready.unwrap().name, "ready");
    }
    assert_eq!(left, 0);
}
