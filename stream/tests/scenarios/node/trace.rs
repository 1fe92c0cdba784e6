//! What a stream base does is in the trace, in the layer of its own, and each event names the one that caused it.

use uvox_loop::trace::{self, Layer, Recorder};

use super::common::{Seen, over_both, shutdown, until, write};

#[test]
fn what_a_stream_base_does_is_traced() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        other.read_start(&mut pair.lp).unwrap();
        pair.fill(&seen);
        shutdown(&mut pair.lp, one, &seen).unwrap();
        until(&mut pair.lp, |_| seen.len() == 2);
        let _ = write(&mut pair.lp, one, b"late", "late", &seen);
        trace::take();
        let events = recorder.events();
        let of_base: Vec<_> = events
            .iter()
            .filter(|event| event.layer == Layer::Base)
            .collect();
        let names: Vec<_> = of_base.iter().map(|event| event.name).collect();
        assert_eq!(names[..4], ["read_start", "write", "queue", "shutdown"]);
        let first = |name| of_base.iter().find(|event| event.name == name).unwrap();
        assert!(first("after_write").seq < first("after_shutdown").seq);
        assert_eq!(first("after_write").object, first("write").object);
        assert_eq!(first("read").object, first("read_start").object);
        assert_ne!(first("read").object, first("write").object);
        assert_eq!(first("write").args[0].1, 4_194_304_usize.into());
        for name in ["read", "after_write", "after_shutdown"] {
            let cause = first(name).cause.unwrap();
            let cause = events.iter().find(|event| event.seq == cause).unwrap();
            assert!(cause.layer < Layer::Base, "{name} was caused by {cause}");
        }
        assert_eq!(names.last(), Some(&"write"));
    });
}
