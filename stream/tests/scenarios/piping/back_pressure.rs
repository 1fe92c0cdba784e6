//! A sink's peer that does not read: soon the source is not read either, and its peer cannot write any more.

use super::{FLOOD, Got, over_all, pattern};
use crate::common::until;

#[test]
fn back_pressure() {
    over_all(|ends| {
        let (pipe, seen) = ends.pipe();
        ends.get_stuck();
        assert_eq!(pipe.pending_writes(&ends.lp), 1);
        let read = ends.source.bytes_read(&ends.lp);
        assert!(read > 0 && read < FLOOD as u64 / 2, "{:?}", ends.how);
        assert_eq!(ends.sink.bytes_written(&ends.lp), read);
        assert_eq!(pipe.bytes(&ends.lp), Some(read));
        assert!(ends.sink.write_queue_size(&ends.lp) > 0);
        assert!(ends.sink.write_queue_size(&ends.lp) <= 1 << 16);

        let got = Got::read(&mut ends.lp, ends.to);
        until(&mut ends.lp, |_| got.len() == FLOOD);
        assert!(got.bytes() == pattern(0..FLOOD));
        assert_eq!(ends.source.bytes_read(&ends.lp), FLOOD as u64);
        assert_eq!(ends.sink.bytes_written(&ends.lp), FLOOD as u64);
        assert_eq!(pipe.pending_writes(&ends.lp), 0);
        assert!(seen.is_empty() && !pipe.is_closed(&ends.lp));
    });
}
