//! Each write is made in the callback of the one before, a thousand deep and more, and the stack stays as it is.

use std::cell::Cell;
use std::io::IoSlice;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno};
use uvox_stream::node::StreamBase;

use super::common::{CAPACITY, Seen, over_both, until};

const DEEP: u32 = 1_200;

/// Writes more than there is room for, and again when that is over.
fn write_on(cx: &mut Ctx, base: StreamBase, left: Rc<Cell<u32>>, stack: Seen<usize>) {
    if left.get() == 0 {
        return;
    }
    left.set(left.get() - 1);
    let piece = [1; CAPACITY / 8];
    loop {
        let (left, stack) = (left.clone(), stack.clone());
        let written = base.write(cx, &[IoSlice::new(&piece)], move |cx, base, status| {
            assert_eq!(status, Ok(()));
            let here = 0_u8;
            stack.add(&raw const here as usize);
            write_on(cx, base, left, stack);
        });
        assert_eq!(written.err, None::<Errno>);
        if written.is_async {
            return;
        }
    }
}

#[test]
fn deep_in_write_callbacks() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let stack = Seen::new();
        other.read_start(&mut pair.lp).unwrap();
        let left = Rc::new(Cell::new(DEEP));
        write_on(&mut pair.lp, one, left, stack.clone());
        assert!(stack.is_empty(), "told from inside a call");
        until(&mut pair.lp, |_| stack.len() == DEEP as usize);
        let seen = stack.all();
        let spread = seen.iter().max().unwrap() - seen.iter().min().unwrap();
        assert!(spread < 32 * 1024, "{spread} bytes of stack");
        let sent = one.bytes_written(&pair.lp);
        until(&mut pair.lp, |cx| other.bytes_read(cx) == sent);
    });
}
