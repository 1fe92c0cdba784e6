//! Who does not want it turns it off; and whoever wants to know what became of each datagram has it off.

use uvox_loop::{Errno, Loop, RunMode};
use uvox_udp::uv::{BindFlags, Udp};

use super::{all_of, messages, numbered, queue_all, took, try_all};
use crate::common::{
    BATCHES, COALESCES, any_port, bound, close, close_and_end, end, listen, scenario, until,
};

#[test]
fn turned_off() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        let datagrams = numbered(&[25; 12]);
        for (on, expected) in [(false, 12), (true, 1), (false, 12)] {
            udp.send_coalesced(&mut lp, on).unwrap();
            let (sent, calls) = messages(|| {
                let told = queue_all(&mut lp, udp, &datagrams, Some(to));
                until(&mut lp, |_| told.len() == 12);
                try_all(&mut lp, udp, &datagrams, Some(to))
            });
            assert_eq!(sent, Ok(12));
            if COALESCES || BATCHES && !on {
                assert_eq!(calls, took(&[expected; 2]));
            }
            until(&mut lp, |_| heard.len() == 25);
            let all = heard.take();
            assert_eq!(all[1..13], all_of(&datagrams));
            assert_eq!(all[13..], all_of(&datagrams));
        }
        close(&mut lp, udp);
        assert_eq!(udp.send_coalesced(&mut lp, true), Err(Errno::EINVAL));
        lp.run(RunMode::Default).unwrap();
        assert_eq!(udp.send_coalesced(&mut lp, true), Err(Errno::EBADF));
        end(lp);
    });
}

#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "there is no queue of errors"
)]
fn where_errors_are_received() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (receiver, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, receiver);
        let sender = Udp::new(&mut lp);
        let any = any_port([127, 0, 0, 1]);
        sender
            .bind(&mut lp, any, BindFlags::RECEIVE_ERRORS)
            .unwrap();
        let datagrams = numbered(&[25; 12]);
        for (on, expected) in [(false, 12), (true, 1)] {
            if on {
                sender.send_coalesced(&mut lp, true).unwrap();
            }
            let (sent, calls) = messages(|| try_all(&mut lp, sender, &datagrams, Some(to)));
            assert_eq!((sent, calls), (Ok(12), took(&[expected])));
            until(&mut lp, |_| heard.len() == 12);
            assert_eq!(heard.take(), all_of(&datagrams));
        }
        close_and_end(lp, &[sender, receiver]);
    });
}
