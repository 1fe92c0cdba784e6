//! A peer passes descriptors along with its bytes, uninvited. A read stops behind them, short of what is there: the rest comes nonetheless.

use std::io::IoSlice;
use std::os::fd::AsFd;

use uvox_loop::{Loop, sys};

use crate::common::{Seen, close_and_end, scenario, stream_and_peer, until};

#[test]
fn descriptors_in_between() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, peer) = stream_and_peer(&mut lp);
        let (one, other) = sys::pipe().unwrap();
        for bytes in [b"abc", b"def", b"ghi"] {
            let bytes = [IoSlice::new(bytes)];
            let passed = [one.as_fd(), other.as_fd()];
            sys::send_descriptors(peer.as_fd(), &bytes, &passed).unwrap();
        }
        drop((one, other));
        sys::send(peer.as_fd(), b"jkl").unwrap();
        let seen = Seen::new();
        let got = seen.clone();
        stream
            .read_start(&mut lp, move |_, _, bytes| {
                bytes.unwrap().iter().for_each(|byte| got.add(*byte));
            })
            .unwrap();
        until(&mut lp, |_| seen.len() == 12);
        assert_eq!(seen.all(), b"abcdefghijkl");
        close_and_end(lp, &[stream]);
    });
}
