//! Each write is made in the callback of the one before, many thousand deep, and the stack stays as it is.

use std::io::Read;

use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_stream::uv::{Stream, Written};

use crate::common::{Seen, close_and_end, scenario, stream_and_peer};

const DEEP: u32 = 5_000;

fn next(depth: u32, seen: Seen<usize>) -> impl FnOnce(&mut Ctx, Stream, Written) + 'static {
    move |cx, stream, written| {
        assert_eq!((written.status, written.bytes), (Ok(()), 1));
        let here = 0_u8;
        seen.add(&raw const here as usize);
        if depth < DEEP {
            stream.write(cx, b"x", next(depth + 1, seen)).unwrap();
        }
    }
}

#[test]
fn deep_in_write_callbacks() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        let seen = Seen::new();
        let reader = std::thread::spawn(move || {
            let mut got = vec![0; DEEP as usize];
            peer.read_exact(&mut got).unwrap();
            peer
        });
        stream.write(&mut lp, b"x", next(1, seen.clone())).unwrap();
        assert_eq!(seen.len(), 0, "told from inside a call");
        assert!(!lp.run(RunMode::Default).unwrap());
        let seen = seen.all();
        assert_eq!(seen.len(), DEEP as usize);
        let spread = seen.iter().max().unwrap() - seen.iter().min().unwrap();
        assert!(spread < 16 * 1024, "{spread} bytes of stack");
        drop(reader.join().unwrap());
        close_and_end(lp, &[stream]);
    });
}

/// They do not keep the loop from the rest of its turn.
#[test]
fn an_endless_chain_leaves_others_their_turn() {
    fn again(cx: &mut Ctx, stream: Stream, written: Written) {
        match written.status {
            Ok(()) => drop(stream.write(cx, b"", again)),
            Err(errno) => assert_eq!(errno, Errno::ECANCELED),
        }
    }
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, _peer) = stream_and_peer(&mut lp);
        stream.write(&mut lp, b"", again).unwrap();
        let timer = uvox_loop::Timer::new(&mut lp);
        let soon = std::time::Duration::from_nanos(1);
        timer
            .start(&mut lp, soon, soon, move |cx, timer| {
                cx.close(timer, |_| ()).unwrap();
                cx.close(stream, |_| ()).unwrap();
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        close_and_end(lp, &[]);
    });
}
