//! One wrap is piped to another by hand, with back-pressure: 16 MiB through a middle man that reads no more while it cannot write.

use std::cell::Cell;
use std::io::IoSlice;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_stream::node::HandleWrap;

use super::support::{Wrap, pair};
use crate::common::{Seen, end, scenario};

const TOTAL: usize = 16 << 20;
/// No buffer's size is a multiple of it.
const PERIOD: usize = 251;

fn byte(at: usize) -> u8 {
    (at % PERIOD) as u8
}

/// Writes to `to` what is read from `from`, and the end behind it.
fn pipe(cx: &mut Ctx, from: Wrap, to: Wrap, pauses: Rc<Cell<u32>>) {
    from.set_on_read(cx, move |cx, _, data| match data {
        Ok(bytes) => {
            let written = to.write(cx, &[IoSlice::new(bytes)], move |cx, _, status| {
                assert_eq!(status, Ok(()));
                from.read_start(cx).unwrap();
            });
            assert_eq!(written.err, None);
            if written.is_async {
                pauses.set(pauses.get() + 1);
                from.read_stop(cx).unwrap();
            }
        }
        Err(errno) => {
            assert_eq!(errno, Errno::EOF);
            let done = move |cx: &mut Ctx, _, status| {
                assert_eq!(status, Ok(()));
                from.close(cx, |_| ());
                to.close(cx, |_| ());
            };
            to.shutdown(cx, done).unwrap();
        }
    });
    from.read_start(cx).unwrap();
}

#[test]
fn piped_by_hand() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (source, inlet) = pair(&mut lp);
        let (outlet, sink) = pair(&mut lp);
        let pauses = Rc::new(Cell::new(0));
        pipe(&mut lp, inlet, outlet, pauses.clone());
        let bytes: Vec<u8> = (0..TOTAL).map(byte).collect();
        let written = source.write_bytes(&mut lp, bytes.into(), move |cx, _, status| {
            assert_eq!(status, Ok(()));
            let done = move |cx: &mut Ctx, _, _| source.close(cx, |_| ());
            source.shutdown(cx, done).unwrap();
        });
        assert!(written.is_async);
        // Nobody reads at the other end until the middle man has stopped.
        let stopped = pauses.clone();
        crate::common::until(&mut lp, |_| stopped.get() > 0);
        let over = Seen::new();
        let (told, mut came) = (over.clone(), 0);
        sink.set_on_read(&mut lp, move |cx, _, data| match data {
            Ok(bytes) => {
                let expected = (came..came + bytes.len()).map(byte);
                assert!(expected.eq(bytes.iter().copied()), "out of order");
                came += bytes.len();
            }
            Err(errno) => {
                told.add((errno, came));
                sink.close(cx, |_| ());
            }
        });
        sink.read_start(&mut lp).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(over.all(), [(Errno::EOF, TOTAL)]);
        end(lp);
    });
}
