//! A write of more pieces than one call may have: the kernel has room for the rest, so it follows without anybody's reading.

use std::io::{IoSlice, Read};
use std::net::Shutdown;

use uvox_loop::{Loop, RunMode, sys};

use crate::common::{Seen, close_and_end, scenario, stream_and_peer, until};

#[test]
fn more_pieces_than_the_kernel_takes_at_once() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        // What the kernel says of a new descriptor has been heard by then.
        let told = Seen::new();
        let first = told.clone();
        stream
            .write(&mut lp, b"!", move |_, _, _| first.add(()))
            .unwrap();
        until(&mut lp, |_| told.len() == 1);
        peer.read_exact(&mut [0]).unwrap();
        // And what it says of the room that this made.
        stream.read_start(&mut lp, |_, _, _| ()).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        stream.read_stop(&mut lp).unwrap();

        let bytes: Vec<u8> = (0..3 * sys::IOV_MAX + 7).map(|i| i as u8).collect();
        let pieces: Vec<IoSlice<'_>> = bytes.chunks(1).map(IoSlice::new).collect();
        let seen = Seen::new();
        let written = seen.clone();
        stream
            .writev(&mut lp, &pieces, move |_, _, result| written.add(result))
            .unwrap();
        until(&mut lp, |_| seen.len() == 1);
        let written = seen.all()[0];
        assert_eq!((written.status, written.bytes), (Ok(()), bytes.len()));
        peer.shutdown(Shutdown::Write).unwrap();
        let mut got = vec![0; bytes.len()];
        peer.read_exact(&mut got).unwrap();
        assert_eq!(got, bytes);
        close_and_end(lp, &[stream]);
    });
}
