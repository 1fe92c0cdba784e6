//! A kernel that cannot put datagrams together is asked once, and nobody is told.
#![cfg(any(target_os = "linux", target_os = "android"))]

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop};

use super::{bytes, count, listen_to_batches, numbered, send_all, traced};
use crate::common::{bound, close_and_end, scenario, until};

#[test]
fn where_the_kernel_cannot() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let refused = || {
            let effect = Effect::Fail(Errno::ENOPROTOOPT);
            fault::plan([Fault::new("setsockopt", 1, effect)])
        };
        let faults = refused();
        let heard = listen_to_batches(&mut lp, udp);
        assert_eq!(faults.left(), 0);
        let datagrams = numbered(&[25; 12]);
        send_all(&mut lp, udp, &datagrams, to);
        until(&mut lp, |_| count(&heard) == 12);
        assert_eq!(bytes(&heard), datagrams);
        // It is not asked again.
        udp.recv_stop(&mut lp).unwrap();
        let (_, events) = traced(|| listen_to_batches(&mut lp, udp));
        assert!(events.iter().all(|event| event.name != "setsockopt"));
        // Unless somebody wants to know.
        let faults = refused();
        let asked = udp.receive_coalesced(&mut lp, true);
        assert_eq!((asked, faults.left()), (Err(Errno::ENOPROTOOPT), 0));
        assert_eq!(udp.receive_coalesced(&mut lp, true), Ok(()));
        close_and_end(lp, &[udp]);
    });
}
