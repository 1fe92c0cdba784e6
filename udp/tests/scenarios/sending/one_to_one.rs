//! From one handle to another, by each way to send, in order, with one callback for each.

use bytes::Bytes;
use std::io::IoSlice;

use uvox_loop::{Errno, Loop};

use crate::common::{Seen, bound, close_and_end, hosts, listen, scenario, texts, until};

#[test]
fn one_to_one() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (sender, from) = bound(&mut lp, host);
            let (receiver, to) = bound(&mut lp, host);
            let senders = Seen::new();
            let record = senders.clone();
            receiver
                .recv_start(&mut lp, move |_, udp, datagram| {
                    assert_eq!(udp, receiver);
                    let datagram = datagram.unwrap();
                    assert!(!datagram.truncated && datagram.control.is_empty());
                    assert_eq!(datagram.raw_sender().ip(), datagram.sender());
                    record.add((datagram.sender(), datagram.bytes.to_vec()));
                })
                .unwrap();
            let sent = Seen::new();
            let told = |number: u32| {
                let sent = sent.clone();
                move |_: &mut uvox_loop::Ctx, udp, status: Result<(), Errno>| {
                    assert_eq!(udp, sender);
                    sent.add((number, status));
                }
            };
            let pieces = [
                IoSlice::new(b"in "),
                IoSlice::new(b""),
                IoSlice::new(b"pieces"),
            ];
            let shared = ["sh", "ar", "ed"].map(Bytes::from_static_str);
            sender.send(&mut lp, b"whole", to, told(1)).unwrap();
            sender.sendv(&mut lp, &pieces, to, told(2)).unwrap();
            sender.send_bytes(&mut lp, &shared, to, told(3)).unwrap();
            sender
                .send_bytes(&mut lp, &shared[..1], to, told(4))
                .unwrap();
            assert!(sent.is_empty(), "told from inside a call");
            until(&mut lp, |_| sent.len() == 4 && senders.len() == 4);
            assert_eq!(sent.all(), [1, 2, 3, 4].map(|number| (number, Ok(()))));
            let heard = ["whole", "in pieces", "shared", "sh"];
            assert_eq!(senders.all(), heard.map(|text| (Some(from), text.into())));
            close_and_end(lp, &[sender, receiver]);
        }
    });
}

/// In so many pieces that the kernel would not take them: at once, and queued.
#[test]
fn in_thousands_of_pieces() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let host = std::net::Ipv4Addr::LOCALHOST;
        let (udp, to) = bound(&mut lp, host);
        let heard = listen(&mut lp, udp);
        let pieces = [IoSlice::new(b"ab"); 2000];
        let shared = vec![Bytes::from_static(b"ab"); 2000];
        udp.sendv(&mut lp, &pieces, to, crate::common::ok).unwrap();
        udp.sendv(&mut lp, &pieces, to, crate::common::ok).unwrap();
        udp.send_bytes(&mut lp, &shared, to, crate::common::ok)
            .unwrap();
        assert_eq!(udp.try_sendv(&mut lp, &pieces, to), Err(Errno::EAGAIN));
        until(&mut lp, |_| heard.len() == 3);
        assert_eq!(udp.try_sendv(&mut lp, &pieces, to), Ok(4000));
        until(&mut lp, |_| heard.len() == 4);
        assert_eq!(heard.all(), texts(&["ab".repeat(2000).as_str(); 4]));
        // No piece at all is not an empty datagram, but a mistake.
        let none = udp.sendv(&mut lp, &[], to, |_, _, _| panic!("it is not sent"));
        assert_eq!(none, Err(Errno::EINVAL));
        assert_eq!(udp.try_sendv(&mut lp, &[], to), Err(Errno::EINVAL));
        close_and_end(lp, &[udp]);
    });
}

/// What the standard library has for other types.
trait FromStaticStr {
    fn from_static_str(text: &'static str) -> Self;
}

impl FromStaticStr for Bytes {
    fn from_static_str(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }
}
