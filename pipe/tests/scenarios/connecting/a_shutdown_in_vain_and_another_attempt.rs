//! What was written and ended while an attempt was under way that failed is cancelled, in order, and is not the next attempt's: that one connects, writes and
//! ends for itself.

use std::os::unix::net::UnixListener;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_pipe::uv::Pipe;

use crate::common::{Seen, close_and_end, free_path, keep_reading, scenario, until};

#[test]
fn a_shutdown_in_vain_and_another_attempt() {
    scenario(|| {
        let (_directory, path) = free_path();
        // A path that nobody listens on any more.
        drop(UnixListener::bind(&path).unwrap());
        let mut lp = Loop::new().unwrap();
        let pipe = Pipe::new(&mut lp);
        let seen = Seen::new();
        let (connected, written, shut) = (seen.clone(), seen.clone(), seen.clone());
        pipe.connect(&mut lp, &path, move |_, _, result| {
            connected.add(("connect", result));
        })
        .unwrap();
        pipe.write(&mut lp, b"in vain", move |_, _, done| {
            written.add(("write", done.status));
        })
        .unwrap();
        pipe.shutdown(&mut lp, move |_, _, result| shut.add(("shutdown", result)))
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        let expected = [
            ("connect", Err(Errno::ECONNREFUSED)),
            ("write", Err(Errno::ECANCELED)),
            ("shutdown", Err(Errno::ECANCELED)),
        ];
        assert_eq!(seen.take(), expected);
        assert_eq!(lp.requests(), 0);

        std::fs::remove_file(&path).unwrap();
        let server = UnixListener::bind(&path).unwrap();
        pipe.connect(&mut lp, &path, |_, _, result| result.unwrap())
            .unwrap();
        pipe.write(&mut lp, b"this time", |_, _, done| done.status.unwrap())
            .unwrap();
        pipe.shutdown(&mut lp, |_, _, result| result.unwrap())
            .unwrap();
        let (peer, _) = server.accept().unwrap();
        peer.set_nonblocking(true).unwrap();
        let peer = {
            let stream = Pipe::new(&mut lp);
            stream.open(&mut lp, peer.into()).unwrap();
            stream
        };
        let (bytes, ended) = keep_reading(&mut lp, *peer);
        until(&mut lp, |_| !ended.is_empty());
        assert_eq!(bytes.all(), b"this time");
        assert_eq!(ended.all(), [Errno::EOF]);
        close_and_end(lp, &[pipe, peer]);
    });
}

/// The callback that hears of the failure closes the handle: the shutdown is told of with the rest, in the closing phase.
#[test]
fn closed_in_the_callback() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let pipe = Pipe::new(&mut lp);
        let seen = Seen::new();
        let (connected, written, shut) = (seen.clone(), seen.clone(), seen.clone());
        let closed = seen.clone();
        pipe.connect(&mut lp, &path, move |cx, pipe, result| {
            connected.add(("connect", result));
            let closed = closed.clone();
            cx.close(pipe, move |_| closed.add(("close", Ok(()))))
                .unwrap();
        })
        .unwrap();
        pipe.write(&mut lp, b"x", move |_, _, done| {
            written.add(("write", done.status));
        })
        .unwrap();
        pipe.shutdown(&mut lp, move |_, _, result| shut.add(("shutdown", result)))
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        let expected = [
            ("connect", Err(Errno::ENOENT)),
            ("write", Err(Errno::ECANCELED)),
            ("shutdown", Err(Errno::ECANCELED)),
            ("close", Ok(())),
        ];
        assert_eq!(seen.all(), expected);
        assert_eq!(lp.requests(), 0);
        uvox_testing::end(lp);
    });
}
