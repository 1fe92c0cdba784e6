//! 64 MiB for a reader that takes its time: all of it arrives in order, and then the end.

use uvox_loop::Errno;
use uvox_stream::node::{PipeEnd, Piped};

use super::{over_all, pattern, send, shut};
use crate::common::{Seen, until};

const TOTAL: usize = 64 << 20;
const PIECE: usize = 4 << 20;

#[test]
fn much_data() {
    let expected = std::rc::Rc::new(pattern(0..TOTAL));
    over_all(|ends| {
        let (pipe, seen) = ends.pipe();
        for piece in expected.chunks(PIECE) {
            send(&mut ends.lp, ends.from, piece);
        }
        shut(&mut ends.lp, ends.from);
        let (errors, record, expected) = (Seen::new(), Seen::new(), expected.clone());
        let heard = errors.clone();
        let to = ends.to;
        let mut at = 0;
        to.set_on_read(&mut ends.lp, move |cx, to, read| match read {
            Ok(bytes) => {
                assert!(expected[at..].starts_with(bytes), "behind {at}");
                at += bytes.len();
                if at % 3 == 0 {
                    to.read_stop(cx).unwrap();
                    record.add(());
                }
            }
            Err(errno) => heard.add((at, errno)),
        });
        while errors.is_empty() {
            // It may be reading still.
            let _ = to.read_start(&mut ends.lp);
            for _ in 0..3 {
                ends.lp.run(uvox_loop::RunMode::NoWait).unwrap();
            }
        }
        assert_eq!(errors.all(), [(TOTAL, Errno::EOF)]);
        until(&mut ends.lp, |_| !seen.is_empty());
        let piped = Piped {
            end: PipeEnd::Eof,
            bytes: TOTAL as u64,
        };
        assert_eq!(seen.all(), [piped]);
        assert_eq!(ends.source.bytes_read(&ends.lp), TOTAL as u64);
        assert_eq!(ends.sink.bytes_written(&ends.lp), TOTAL as u64);
        until(&mut ends.lp, |cx| pipe.source(cx).is_none());
    });
}
