//! Receiving keeps the loop alive, and so does a send that is not told of; being bound does not.

use std::net::Ipv4Addr;

use uvox_loop::{Loop, RunMode};

use crate::common::{bound, close_and_end, listen, ok, scenario};

#[test]
fn what_keeps_the_loop_alive() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        assert!(!lp.is_active(udp) && !lp.alive());
        udp.connect(&mut lp, to).unwrap();
        assert!(!lp.alive());
        listen(&mut lp, udp);
        assert!(lp.is_active(udp) && lp.alive());
        lp.unref(udp).unwrap();
        assert!(!lp.alive());
        lp.ref_(udp).unwrap();
        udp.recv_stop(&mut lp).unwrap();
        assert!(!lp.alive());
        udp.send(&mut lp, b"x", None, ok).unwrap();
        assert!(lp.is_active(udp) && lp.requests() == 1);
        // Even one that is not referenced.
        lp.unref(udp).unwrap();
        assert!(lp.alive());
        lp.ref_(udp).unwrap();
        listen(&mut lp, udp);
        udp.recv_stop(&mut lp).unwrap();
        assert!(lp.is_active(udp));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert!(!lp.is_active(udp));
        close_and_end(lp, &[udp]);
    });
}
