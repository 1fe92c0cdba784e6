//! 65,507 bytes are as many as a datagram of IPv4 has, 65,527 of IPv6: they arrive whole, and one more is refused.

use uvox_loop::{Errno, Loop};

use crate::common::{Seen, bound, close_and_end, hosts, listen, scenario, until};

#[test]
#[cfg_attr(
    any(target_vendor = "apple", target_os = "freebsd"),
    ignore = "the system's bound is lower, unless it is raised"
)]
fn as_long_as_can_be() {
    scenario(|| {
        for host in hosts() {
            let longest = if host.is_ipv4() { 65_507 } else { 65_527 };
            let mut lp = Loop::new().unwrap();
            let (sender, _) = bound(&mut lp, host);
            let (receiver, to) = bound(&mut lp, host);
            let heard = listen(&mut lp, receiver);
            let bytes: Vec<u8> = (0..longest + 1).map(|at| (at % 251) as u8).collect();
            let sent = Seen::new();
            for length in [longest, longest + 1, longest] {
                let sent = sent.clone();
                sender
                    .send(&mut lp, &bytes[..length], to, move |_, _, status| {
                        sent.add((length, status));
                    })
                    .unwrap();
            }
            until(&mut lp, |_| sent.len() == 3 && heard.len() == 2);
            let refused = (longest + 1, Err(Errno::EMSGSIZE));
            assert_eq!(sent.all(), [(longest, Ok(())), refused, (longest, Ok(()))]);
            let whole = Ok(bytes[..longest].to_vec());
            assert_eq!(heard.take(), [whole.clone(), whole.clone()]);
            assert_eq!(sender.try_send(&mut lp, &bytes, to), Err(Errno::EMSGSIZE));
            let now = sender.try_send(&mut lp, &bytes[..longest], to);
            assert_eq!(now, Ok(longest));
            until(&mut lp, |_| heard.len() == 1);
            assert_eq!(heard.take(), [whole]);
            close_and_end(lp, &[sender, receiver]);
        }
    });
}
