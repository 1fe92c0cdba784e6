//! What is sent now or never is never queued, and waits for nobody.

use std::net::Ipv4Addr;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop};

use crate::common::{bound, close_and_end, listen, ok, scenario, texts, until};

#[test]
fn now_or_never() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let (receiver, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let heard = listen(&mut lp, receiver);
        assert_eq!(sender.try_send(&mut lp, b"now", to), Ok(3));
        assert_eq!(sender.send_queue_count(&lp), 0);
        assert!(!lp.is_active(sender));
        sender.send(&mut lp, b"sent", to, ok).unwrap();
        // It is sent, but not told of yet.
        assert_eq!(sender.try_send(&mut lp, b"never", to), Err(Errno::EAGAIN));
        until(&mut lp, |_| heard.len() == 2);
        for errno in [Errno::EAGAIN, Errno::ENOBUFS] {
            let faults = fault::plan([Fault::new("sendto", 1, Effect::Fail(errno))]);
            assert_eq!(sender.try_send(&mut lp, b"never", to), Err(Errno::EAGAIN));
            assert_eq!(faults.left(), 0);
        }
        let faults = fault::plan([Fault::new("sendto", 1, Effect::Fail(Errno::EINTR))]);
        assert_eq!(sender.try_send(&mut lp, b"again", to), Ok(5));
        assert_eq!(faults.left(), 0);
        let port_0 = (Ipv4Addr::LOCALHOST, 0).into();
        assert!(sender.try_send(&mut lp, b"x", Some(port_0)).is_err());
        until(&mut lp, |_| heard.len() == 3);
        assert_eq!(heard.all(), texts(&["now", "sent", "again"]));
        close_and_end(lp, &[sender, receiver]);
    });
}
