//! A sink whose peer does not read: soon the source's peer cannot write any more, and meanwhile nothing is done that could be.

use std::net::TcpStream;
use std::os::unix::net::UnixStream;

use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Loop, RunMode};

use super::{Both, Peer, flood_all, pattern, read_all};
use crate::common::{close_and_end, scenario};

fn stuck<From: Peer, To: Peer>() {
    let mut lp = Loop::new().unwrap();
    let both: Both<From, To> = Both::new(&mut lp);
    let seen = both.splice(&mut lp);
    let Both {
        source,
        sink,
        mut from,
        mut to,
    } = both;
    let given = move |cx: &uvox_loop::Ctx| sink.splice_counts(cx).unwrap().given;
    let sent = flood_all(&mut lp, &mut from, given);
    let counts = sink.splice_counts(&lp).unwrap();
    assert!(counts.taken < sent as u64, "the source's socket is full");
    assert!(counts.taken - counts.given <= 1 << 16);
    assert_eq!(
        sink.write_queue_size(&lp) as u64,
        counts.taken - counts.given
    );

    // Neither is asked again before the kernel speaks.
    let recorder = Recorder::new();
    trace::set(recorder.clone());
    for _ in 0..50 {
        lp.run(RunMode::NoWait).unwrap();
    }
    trace::take();
    let names: Vec<_> = recorder.events().iter().map(|event| event.name).collect();
    assert!(!names.contains(&"splice"), "{names:?}");
    assert!(names.contains(&"turn"));

    let got = read_all(&mut lp, &mut to, sent);
    assert!(got == pattern(0..sent));
    assert!(seen.is_empty());
    // And it goes on.
    from.wait(true);
    from.write_all(b"more").unwrap();
    assert_eq!(read_all(&mut lp, &mut to, 4), b"more");
    close_and_end(lp, &[source, sink]);
}

#[test]
fn back_pressure() {
    scenario(|| {
        stuck::<TcpStream, TcpStream>();
        stuck::<UnixStream, TcpStream>();
        stuck::<TcpStream, UnixStream>();
        stuck::<UnixStream, UnixStream>();
    });
}
