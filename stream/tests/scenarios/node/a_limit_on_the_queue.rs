//! A stream with a limit on its queue refuses a write that would pass it as a whole: no part of it is sent, in whatever way it is made.

use std::io::IoSlice;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno};
use uvox_stream::node::{Chunk, Encoding, HandleWrap, StreamBase, StreamWriteResult};

use super::common::{TOO_MUCH, end, keep, scenario, tcp_pair, text, until, wrap};

const LIMIT: usize = 16;

fn never(_: &mut Ctx, _: StreamBase, _: Result<(), Errno>) {
    panic!("a refused write was told of");
}

/// All ways to write a text.
fn each_way(cx: &mut Ctx, base: StreamBase, text: &str) -> [StreamWriteResult; 4] {
    let bytes = Bytes::copy_from_slice(text.as_bytes());
    let chunks = [Chunk::Bytes(bytes.clone())];
    [
        base.write(cx, &[IoSlice::new(&bytes)], never),
        base.write_bytes(cx, bytes, never),
        base.writev(cx, &chunks, never),
        base.write_string(cx, text, Encoding::Latin1, never),
    ]
}

#[test]
fn a_limit_on_the_queue() {
    scenario(|| {
        let mut lp = uvox_testing::new_loop();
        let (one, other) = tcp_pair();
        let (one, other) = (wrap(&mut lp, one), wrap(&mut lp, other));
        let stream = one.stream(&lp).unwrap();
        stream.set_write_queue_limit(&mut lp, Some(LIMIT)).unwrap();
        let (data, _) = keep(&mut lp, *other);
        // The kernel would take the longest in part only.
        for size in [LIMIT + 1, TOO_MUCH] {
            for refused in each_way(&mut lp, *one, &text(size)) {
                assert_eq!(refused.err, Some(Errno::ENOBUFS));
                assert_eq!((refused.is_async, refused.bytes), (false, size));
            }
        }
        assert_eq!(one.write_queue_size(&lp), 0);
        for taken in each_way(&mut lp, *one, &text(LIMIT)) {
            assert_eq!((taken.err, taken.bytes), (None, LIMIT));
        }
        until(&mut lp, |_| data.len() == 4 * LIMIT);
        assert_eq!(data.all(), text(LIMIT).repeat(4).as_bytes());
        for wrap in [one, other] {
            wrap.close(&mut lp, |_| ());
        }
        assert!(!lp.run(uvox_loop::RunMode::Default).unwrap());
        end(lp);
    });
}
