//! Linux's queue of errors: a handle that asked for it hears of datagrams that did not arrive, though it is connected to nobody; of which, if it wants
//! to know.

#![cfg(target_os = "linux")]

use uvox_loop::{Errno, Loop};
use uvox_udp::uv::{BindFlags, Udp};

use crate::common::{
    Seen, any_port, bound, close_and_end, hosts, listen, nobody, ok, scenario, texts, until,
};

#[test]
#[cfg_attr(uvox_kqueue, ignore = "libkqueue takes the error off the socket")]
fn errors_of_datagrams_that_were_sent() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let udp = Udp::new(&mut lp);
            udp.bind(&mut lp, any_port(host), BindFlags::RECEIVE_ERRORS)
                .unwrap();
            let own = udp.getsockname(&mut lp).unwrap();
            let heard = listen(&mut lp, udp);
            let lost = nobody(host);
            for _ in 0..2 {
                udp.send(&mut lp, b"x", lost, ok).unwrap();
                until(&mut lp, |_| heard.len() == 1);
                assert_eq!(heard.take(), [Err(Errno::ECONNREFUSED)]);
            }
            let errors = Seen::new();
            let record = errors.clone();
            udp.on_queued_error(&mut lp, move |_, _, error| {
                record.add((error.errno, error.to.ip(), error.offender));
            })
            .unwrap();
            // Datagrams come as ever.
            let (other, _) = bound(&mut lp, host);
            other.send(&mut lp, b"datagram", own, ok).unwrap();
            udp.send(&mut lp, b"x", lost, ok).unwrap();
            until(&mut lp, |_| heard.len() == 1 && errors.len() == 1);
            let refused = (Errno::ECONNREFUSED, Some(lost), Some(host));
            assert_eq!(errors.all(), [refused]);
            assert_eq!(heard.all(), texts(&["datagram"]));
            close_and_end(lp, &[udp, other]);
        }
    });
}
