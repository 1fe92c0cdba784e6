//! The making of a wrap fails half-way, on a descriptor that was received: it is closed, and nothing of the wrap is left.

use std::os::fd::OwnedFd;

use uvox_loop::{Ctx, Errno, Loop};
use uvox_pipe::node::PipeWrap;
use uvox_stream::node::ConnectionWrap;
use uvox_tcp::node::TcpWrap;

use crate::common::{Seen, end, open_descriptors, scenario};

/// How many handles there are, closing ones included.
fn handles(cx: &mut Ctx) -> usize {
    let count = Seen::new();
    let each = count.clone();
    cx.walk(move |_, handle| each.add(handle.key));
    count.len()
}

/// A descriptor that no loop can watch, for it is a file.
#[test]
fn of_a_descriptor_that_is_none() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let file = || OwnedFd::from(tempfile::tempfile().unwrap());
        let before = open_descriptors();
        for _ in 0..100 {
            let pipe = PipeWrap::accept_descriptor(&mut lp, file());
            assert_eq!(pipe.unwrap_err(), Errno::EPERM);
            let tcp = TcpWrap::accept_descriptor(&mut lp, file());
            assert_eq!(tcp.unwrap_err(), Errno::EPERM);
        }
        assert_eq!((handles(&mut lp), open_descriptors()), (0, before));
        // Nothing of them is to be closed in another turn.
        assert!(!lp.alive());
        end(lp);
    });
}
