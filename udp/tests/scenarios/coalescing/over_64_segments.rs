//! One message has 64 datagrams at most, and so has one call.

use uvox_loop::Loop;

use super::{all_of, messages, numbered, queue_all, took, try_all};
use crate::common::{COALESCES, bound, close_and_end, listen, scenario, until};

#[test]
fn over_64_segments() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        for (count, expected) in [(64, vec![1]), (65, vec![1, 1]), (200, vec![1, 1, 1, 1])] {
            let datagrams = numbered(&vec![8; count]);
            let (sent, calls) = messages(|| try_all(&mut lp, udp, &datagrams, Some(to)));
            assert_eq!(sent, Ok(count));
            if COALESCES {
                assert_eq!(calls, took(&expected), "{count}");
            }
            until(&mut lp, |_| heard.len() == count);
            assert_eq!(heard.take(), all_of(&datagrams));

            let told = queue_all(&mut lp, udp, &datagrams, Some(to));
            until(&mut lp, |_| told.len() == count && heard.len() == count + 1);
            assert!(told.all().into_iter().eq((0..count).map(|at| (at, Ok(())))));
            assert_eq!(heard.take()[1..], all_of(&datagrams));
        }
        close_and_end(lp, &[udp]);
    });
}
