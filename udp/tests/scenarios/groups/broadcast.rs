//! To all of a network, which takes leave.

use std::net::{Ipv4Addr, SocketAddr};

use uvox_loop::{Errno, Loop};

use crate::common::{bound, close_and_end, listen, ok, scenario, texts, until};

#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the loopback interface has no such address"
)]
fn broadcast() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (receiver, at) = bound(&mut lp, Ipv4Addr::UNSPECIFIED);
        let heard = listen(&mut lp, receiver);
        let (sender, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let all = SocketAddr::from(([127, 255, 255, 255], at.port()));
        let refused = sender.try_send(&mut lp, b"without leave", all);
        assert_eq!(refused, Err(Errno::EACCES));
        sender.set_broadcast(&mut lp, true).unwrap();
        sender.send(&mut lp, b"to all", all, ok).unwrap();
        until(&mut lp, |_| heard.len() == 1);
        sender.set_broadcast(&mut lp, false).unwrap();
        let refused = sender.try_send(&mut lp, b"without leave", all);
        assert_eq!(refused, Err(Errno::EACCES));
        assert_eq!(heard.all(), texts(&["to all"]));
        close_and_end(lp, &[sender, receiver]);
    });
}
