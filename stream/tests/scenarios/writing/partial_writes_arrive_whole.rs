//! More than the kernel takes at once is queued, and arrives whole and in order, with one completion for each write.

use std::cell::{Cell, RefCell};
use std::io::Read;
use std::rc::Rc;

use bytes::Bytes;
use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario, stream_and_peer};

const MEGABYTE: usize = 1 << 20;

#[test]
fn partial_writes_arrive_whole() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        let reader = std::thread::spawn(move || {
            let mut got = Vec::new();
            peer.read_to_end(&mut got).unwrap();
            got
        });
        let pieces: Vec<Vec<u8>> = (0..8)
            .map(|i| (0..MEGABYTE).map(|k| (i * 31 + k % 251) as u8).collect())
            .collect();
        let order = Rc::new(RefCell::new(Vec::new()));
        for (i, piece) in pieces.iter().enumerate() {
            let order = order.clone();
            let done = move |_: &mut _, _, written: uvox_stream::uv::Written| {
                assert_eq!((written.status, written.bytes), (Ok(()), MEGABYTE));
                order.borrow_mut().push(i);
            };
            // Borrowed and owned, by turns.
            if i % 2 == 0 {
                stream.write(&mut lp, piece, done).unwrap();
            } else {
                let halves = [&piece[..100], &piece[100..]].map(Bytes::copy_from_slice);
                stream.write_bytes(&mut lp, halves, done).unwrap();
            }
        }
        assert!(
            stream.write_queue_size(&lp) > 0,
            "the kernel took 8 MB at once"
        );
        assert!(
            order.borrow().is_empty(),
            "a completion was delivered from inside a call"
        );
        let shut = Rc::new(Cell::new(false));
        let is_shut = shut.clone();
        stream
            .shutdown(&mut lp, move |cx, stream, result| {
                assert_eq!(result, Ok(()));
                assert_eq!(stream.write_queue_size(cx), 0);
                is_shut.set(true);
                cx.close(stream, |_| ()).unwrap();
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(shut.get());
        assert_eq!(*order.borrow(), (0..8).collect::<Vec<_>>());
        assert!(
            reader.join().unwrap() == pieces.concat(),
            "what arrived is not what was written"
        );
        end(lp);
    });
}
