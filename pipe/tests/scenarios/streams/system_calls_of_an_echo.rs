//! What an echo over a pipe costs: one call to receive and one to send for each message, where the kernel tells whether a short read emptied the
//! socket.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;

use uvox_loop::trace::{self, Layer, Recorder};
use uvox_loop::{Errno, Loop, sys};
use uvox_pipe::uv::Pipe;

use crate::common::{Seen, close_and_end, scenario, until};

/// The calls on this descriptor: not those with which the loop waits.
fn calls(recorder: &Recorder) -> Vec<&'static str> {
    let events = recorder.events();
    recorder.clear();
    let calls = events.iter().filter(|event| event.layer == Layer::Sys);
    let names = calls.map(|event| event.name);
    names
        .filter(|name| ["recv", "recvmsg", "read", "send", "sendmsg", "write"].contains(name))
        .collect()
}

fn echo_and_trace(pipe: Pipe, lp: &mut Loop, peer: &mut UnixStream) -> Vec<&'static str> {
    let echoed = Seen::new();
    let record = echoed.clone();
    pipe.read_start(lp, move |cx, stream, got| {
        let record = record.clone();
        stream
            .write(cx, got.unwrap(), move |_, _, _| record.add(()))
            .unwrap();
    })
    .unwrap();
    let recorder = Recorder::new();
    let mut all = Vec::new();
    for round in 0..100 {
        peer.write_all(&[round; 64]).unwrap();
        trace::set(recorder.clone());
        until(lp, |_| echoed.len() > usize::from(round));
        trace::take();
        let mut answer = [0; 64];
        peer.read_exact(&mut answer).unwrap();
        assert_eq!(answer, [round; 64]);
        all.extend(calls(&recorder));
    }
    all
}

#[test]
fn system_calls_of_an_echo() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = UnixStream::pair().unwrap();
        let pipe = Pipe::new(&mut lp);
        pipe.open(&mut lp, ours.into()).unwrap();
        assert_eq!(pipe.getsockname(&lp), Ok(sys::UnixAddr::UNNAMED));
        let all = echo_and_trace(pipe, &mut lp, &mut peer);
        assert_eq!(all, ["recvmsg", "send"].repeat(100));
        // Then the end, which a short read before it does not hide.
        pipe.read_stop(&mut lp).unwrap();
        let ended = Seen::new();
        let record = ended.clone();
        pipe.read_start(&mut lp, move |_, _, got| record.add(got.map(<[u8]>::len)))
            .unwrap();
        peer.write_all(b"last").unwrap();
        drop(peer);
        until(&mut lp, |_| ended.len() == 2);
        assert_eq!(ended.all(), [Ok(4), Err(Errno::EOF)]);
        close_and_end(lp, &[pipe]);
    });
}
