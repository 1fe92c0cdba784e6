//! A write of more pieces than one call may have: the kernel has room for the rest, so it follows without anybody's reading.

use std::io::{IoSlice, Read};
use std::net::Shutdown;

use uvox_loop::{Loop, sys};

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair, until};

#[test]
fn more_pieces_than_the_kernel_takes_at_once() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = tcp_pair();
        let stream = stream_on(&mut lp, ours);
        // What the kernel says of a new descriptor has been heard by then.
        let told = Seen::new();
        let first = told.clone();
        stream
            .write(&mut lp, b"!", move |_, _, _| first.add(()))
            .unwrap();
        until(&mut lp, |_| told.len() == 1);
        peer.read_exact(&mut [0]).unwrap();

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
