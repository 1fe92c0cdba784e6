//! No stream waits for another to run dry: each gets its bound, in turn.

use std::cell::RefCell;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use uvox_loop::{Loop, RunMode};

use super::stream::Stream;
use super::until;
use crate::common::{end, scenario};

#[test]
fn two_busy_streams_alternate() {
    scenario(|| {
        let mut lp = Loop::builder()
            .budgets(|budgets| budgets.reads = 2)
            .build()
            .unwrap();
        let order = Rc::new(RefCell::new(String::new()));
        let mut streams = Vec::new();
        for name in ["a", "b"] {
            let (mut peer, ours) = UnixStream::pair().unwrap();
            peer.write_all(b"012345").unwrap();
            let order = order.clone();
            let stream = Stream::new(&mut lp, ours, 1, move |_, _, _| {
                order.borrow_mut().push_str(name);
            });
            streams.push((stream, peer));
        }
        until(&mut lp, |_| order.borrow().len() == 12);
        let order = order.borrow();
        assert!(
            *order == "aabbaabbaabb" || *order == "bbaabbaabbaa",
            "{order}"
        );
        for (stream, _) in &streams {
            stream.close(&mut lp);
        }
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
