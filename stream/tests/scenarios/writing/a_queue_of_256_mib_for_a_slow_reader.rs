//! 256 MiB are queued at once for a reader that takes its time: they drain in order, and arrive as they were sent.

use std::cell::{Cell, RefCell};
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

use bytes::Bytes;
use uvox_loop::{Loop, RunMode};

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair};

const TOTAL: usize = 256 << 20;
const PIECE: usize = 1 << 20;

/// Each piece is the same noise behind its own number.
fn pieces() -> impl Iterator<Item = [Bytes; 2]> {
    let mut noise = vec![0; PIECE - 8];
    let mut state = 1_u32;
    for byte in &mut noise {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *byte = (state >> 24) as u8;
    }
    let noise = Bytes::from(noise);
    (0..(TOTAL / PIECE) as u64).map(move |number| {
        let number = Bytes::copy_from_slice(&number.to_be_bytes());
        [number, noise.clone()]
    })
}

#[test]
fn a_queue_of_256_mib_for_a_slow_reader() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = tcp_pair();
        let (writer, reader) = (stream_on(&mut lp, one), stream_on(&mut lp, other));
        let written = Seen::new();
        let mut sent = DefaultHasher::new();
        for (i, piece) in pieces().enumerate() {
            for part in &piece {
                sent.write(part);
            }
            let record = written.clone();
            writer
                .write_bytes(&mut lp, piece, move |_, _, written| {
                    assert_eq!((written.status, written.bytes), (Ok(()), PIECE));
                    record.add(i);
                })
                .unwrap();
        }
        let in_the_kernel = TOTAL - writer.write_queue_size(&lp);
        assert!(in_the_kernel < TOTAL / 4, "the kernel took {in_the_kernel}");
        let got = Rc::new(RefCell::new(DefaultHasher::new()));
        let count = Rc::new(Cell::new(0));
        // It reads once, and stops until the loop has gone around.
        while count.get() < TOTAL {
            let (hasher, total) = (got.clone(), count.clone());
            reader
                .read_start(&mut lp, move |cx, stream, got| {
                    hasher.borrow_mut().write(got.unwrap());
                    total.set(total.get() + got.unwrap().len());
                    stream.read_stop(cx).unwrap();
                })
                .unwrap();
            let before = count.get();
            while count.get() == before {
                assert!(lp.run(RunMode::Once).unwrap() || count.get() > before);
            }
        }
        lp.run(RunMode::Default).unwrap();
        assert_eq!((count.get(), writer.write_queue_size(&lp)), (TOTAL, 0));
        assert_eq!(got.borrow().finish(), sent.finish());
        assert!(written.all().is_sorted() && written.len() == TOTAL / PIECE);
        close_and_end(lp, &[writer, reader]);
    });
}
