//! What keeps the loop alive: listening, reading, requests, closing. Not a wrap that was merely made, bound or connected.

use std::io::IoSlice;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_pipe::node::{PipeWrap, SocketType};
use uvox_stream::node::HandleWrap;

use super::player::make;
use super::support::pair;
use crate::common::{Seen, end, free_path, scenario};

/// Closes them, though nobody waits for that: the closing is alive itself.
fn close_and_end(mut lp: Loop, wraps: &[PipeWrap]) {
    let closed = Seen::new();
    for wrap in wraps {
        wrap.unref(&mut lp).unwrap();
        let told = closed.clone();
        wrap.close(&mut lp, move |_| told.add(()));
        assert!(lp.alive());
    }
    assert!(!lp.run(RunMode::Default).unwrap());
    assert_eq!((closed.len(), lp.requests()), (wraps.len(), 0));
    end(lp);
}

/// Whether the loop is alive with the wrap as it is, and when it is not to wait for it.
fn alive(lp: &mut Loop, wrap: PipeWrap) -> (bool, bool) {
    let referenced = lp.alive();
    wrap.unref(lp).unwrap();
    wrap.unref(lp).unwrap();
    assert_eq!(wrap.has_ref(lp), Some(false));
    let unreferenced = lp.alive();
    wrap.ref_(lp).unwrap();
    assert_eq!((wrap.has_ref(lp), lp.alive()), (Some(true), referenced));
    (referenced, unreferenced)
}

#[test]
fn made_bound_and_listening() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let server = PipeWrap::new(&mut lp, SocketType::Server);
        assert_eq!(alive(&mut lp, server), (false, false));
        server.bind(&mut lp, &path).unwrap();
        assert_eq!(alive(&mut lp, server), (false, false));
        assert!(!lp.run(RunMode::Default).unwrap());
        server.listen(&mut lp, 511).unwrap();
        assert_eq!(alive(&mut lp, server), (true, false));
        close_and_end(lp, &[server]);
    });
}

#[test]
fn connected_and_reading() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = pair(&mut lp);
        assert_eq!(alive(&mut lp, one), (false, false));
        one.read_start(&mut lp).unwrap();
        assert_eq!(alive(&mut lp, one), (true, false));
        one.read_stop(&mut lp).unwrap();
        assert_eq!(alive(&mut lp, one), (false, false));
        close_and_end(lp, &[one, other]);
    });
}

/// A request is waited for, whoever it is of.
#[test]
fn requests() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let pipe = make(&mut lp);
        let seen = Seen::new();
        let told = seen.clone();
        let begun = pipe.connect(&mut lp, &path, move |_, connected| {
            told.add(connected.status);
        });
        begun.unwrap();
        assert_eq!(alive(&mut lp, pipe), (true, true));
        pipe.unref(&mut lp).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), [Err(Errno::ENOENT)]);

        let (one, other) = pair(&mut lp);
        let (told, shut) = (seen.clone(), seen.clone());
        let bytes = vec![0; 16 << 20];
        let written = one.write(&mut lp, &[IoSlice::new(&bytes)], move |_, _, status| {
            told.add(status);
        });
        assert!(written.is_async);
        assert_eq!(alive(&mut lp, one), (true, true));
        let shutting = move |_: &mut _, _, status| shut.add(status);
        one.shutdown(&mut lp, shutting).unwrap();
        one.unref(&mut lp).unwrap();
        other.unref(&mut lp).unwrap();
        // Both are unreferenced, and yet all is sent, and read, and told.
        other.read_start(&mut lp).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Ok(()); 2]);
        close_and_end(lp, &[pipe, one, other]);
    });
}
