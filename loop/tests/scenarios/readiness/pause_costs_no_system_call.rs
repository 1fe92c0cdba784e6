//! Not to read is a flag: pausing and resuming make no system call, and what came in the meantime is not lost.

use std::io::Write;
use std::os::unix::net::UnixStream;

use uvox_loop::{RunMode, trace};

use super::stream::{Stream, bytes};
use super::{calls, settle, until};
use crate::common::{end, new_loop, scenario};

#[test]
fn pause_costs_no_system_call() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let (stream, got) = Stream::keeping(&mut lp, ours, 64);
        peer.write_all(b"one ").unwrap();
        until(&mut lp, |_| !got.borrow().is_empty());
        settle(&mut lp);

        let recorder = trace::Recorder::new();
        trace::set(recorder.clone());
        stream.set_reading(&mut lp, false);
        let recvs = stream.recvs(&lp);
        for word in [b"two ".as_slice(), b"three "] {
            peer.write_all(word).unwrap();
            settle(&mut lp);
        }
        assert_eq!(stream.recvs(&lp), recvs);
        stream.set_reading(&mut lp, true);
        lp.run(RunMode::NoWait).unwrap();
        // Nothing but the read that resuming is for.
        let names: Vec<&str> = calls(&recorder).iter().map(|call| call.name).collect();
        assert_eq!(names, ["recv"]);
        trace::take();

        assert_eq!(bytes(&got.borrow()), b"one two three ");
        // And it hears of what comes then.
        peer.write_all(b"four").unwrap();
        until(&mut lp, |_| bytes(&got.borrow()) == b"one two three four");
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
