//! The last of those that go together may be shorter; what follows it goes apart from it. An empty one is a datagram of its own, wherever it stands.

use uvox_loop::Loop;

use super::{all_of, messages, numbered, took, try_all};
use crate::common::{COALESCES, bound, close_and_end, listen, scenario, until};

#[test]
fn the_last_may_be_shorter() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        let cases: &[(&[usize], u64)] = &[
            (&[10, 10, 10, 1], 1),
            (&[10, 1], 1),
            // Only the last.
            (&[10, 10, 1, 1], 2),
            (&[10, 9, 10, 10], 2),
            // Longer it may not be.
            (&[10, 10, 11], 2),
            // Nothing cannot be cut from a whole.
            (&[10, 10, 0], 2),
            (&[0, 0, 0], 3),
            (&[0, 10, 10, 0, 10], 4),
        ];
        for (sizes, expected) in cases {
            let datagrams = numbered(sizes);
            let (sent, calls) = messages(|| try_all(&mut lp, udp, &datagrams, Some(to)));
            assert_eq!(sent, Ok(sizes.len()), "{sizes:?}");
            if COALESCES {
                assert_eq!(calls, took(&[*expected]), "{sizes:?}");
            }
            until(&mut lp, |_| heard.len() == sizes.len());
            assert_eq!(heard.take(), all_of(&datagrams), "{sizes:?}");
        }
        close_and_end(lp, &[udp]);
    });
}
