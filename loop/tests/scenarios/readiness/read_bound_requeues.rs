//! A stream that used up its reads goes on in the next turn, without another word from the kernel.

use std::cell::RefCell;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{Loop, RunMode};

use super::stream::Stream;
use super::until;
use crate::common::{end, scenario};

#[test]
fn read_bound_requeues() {
    scenario(|| {
        let mut lp = Loop::builder()
            .budgets(|budgets| budgets.reads = 4)
            .build()
            .unwrap();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        peer.write_all(b"0123456789").unwrap();
        let turns = Rc::new(RefCell::new(Vec::new()));
        let noted = turns.clone();
        let stream = Stream::new(&mut lp, ours, 1, move |cx, _, _| {
            noted.borrow_mut().push(cx.metrics().turns);
        });
        until(&mut lp, |lp| {
            let left = 10 - turns.borrow().len();
            if (1..10).contains(&left) {
                assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
            }
            left == 0
        });
        let turns = turns.take();
        let first = turns[0];
        let since: Vec<u64> = turns.iter().map(|turn| turn - first).collect();
        assert_eq!(since, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2]);
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
