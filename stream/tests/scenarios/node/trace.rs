//! What a stream base does is in the trace, in the layer of its own, and each event names the one that caused it.

use uvox_loop::trace::{self, Layer, Recorder};

use super::common::{Seen, TOO_MUCH, over_both, shutdown, until, write};

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
        let begun = [
            "base.read_start",
            "base.write",
            "base.write.queued",
            "base.shutdown",
        ];
        assert_eq!(names[..4], begun);
        let first = |name| of_base.iter().find(|event| event.name == name).unwrap();
        assert!(first("base.after_write").seq < first("base.after_shutdown").seq);
        let object = |name| first(name).object;
        assert_eq!(object("base.after_write"), object("base.write"));
        assert_eq!(object("base.onread"), object("base.read_start"));
        assert_ne!(object("base.onread"), object("base.write"));
        assert_eq!(first("base.write").args[0].1, TOO_MUCH.into());
        for name in ["base.onread", "base.after_write", "base.after_shutdown"] {
            let cause = first(name).cause.unwrap();
            let cause = events.iter().find(|event| event.seq == cause).unwrap();
            assert!(cause.layer < Layer::Base, "{name} was caused by {cause}");
        }
        let refused = ["base.write", "base.write.failed"];
        assert_eq!(names[names.len() - 2..], refused);
    });
}
