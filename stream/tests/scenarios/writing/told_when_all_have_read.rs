//! What one stream's reader writes to another is told of when all have read that have something to read in this turn, also if the
//! other has. So does libuv.

use std::io::Write;

use uvox_loop::{Loop, RunMode};

use crate::common::{Seen, close_and_end, scenario, stream_and_peer, until};

#[test]
fn told_when_all_have_read() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let mut three: Vec<_> = (0..3).map(|_| stream_and_peer(&mut lp)).collect();
        let streams: Vec<_> = three.iter().map(|(stream, _)| *stream).collect();
        // What the kernel says first does not count.
        lp.run(RunMode::NoWait).unwrap();
        for one in &streams {
            let (record, others) = (seen.clone(), streams.clone());
            one.read_start(&mut lp, move |cx, one, _| {
                one.read_stop(cx).unwrap();
                if record.is_empty() {
                    // Whoever comes first.
                    for other in others.iter().filter(|other| **other != one) {
                        let (written, shut) = (record.clone(), record.clone());
                        let told = move |_: &mut _, _, _| written.add("written");
                        other.write(cx, b"x", told).unwrap();
                        other.shutdown(cx, move |_, _, _| shut.add("shut")).unwrap();
                    }
                }
                record.add("read");
            })
            .unwrap();
        }
        for (_, peer) in &mut three {
            peer.write_all(b"x").unwrap();
        }
        until(&mut lp, |_| seen.len() == 7);
        let expected = ["read", "read", "read", "written", "shut", "written", "shut"];
        assert_eq!(seen.all(), expected);
        close_and_end(lp, &streams);
    });
}
