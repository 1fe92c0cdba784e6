//! `ECONNREFUSED`, which is about an earlier datagram, is told of the first of those that were to go together, which is not sent then. The others go on.

use std::net::IpAddr;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Ctx, Errno, Loop, sys};
use uvox_udp::uv::Udp;

use super::{all_of, numbered, queue_all, try_all};
use crate::common::{Seen, bound, close_and_end, listen, nobody, scenario, until};

const HOST: [u8; 4] = [127, 0, 0, 1];

/// The kernel says so of its own accord: how soon is its affair, and so which one it is that hears of it.
#[test]
fn refused_by_nobody() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let sender = Udp::new(&mut lp);
        sender.connect(&mut lp, nobody(IpAddr::from(HOST))).unwrap();
        let datagrams = numbered(&[50; 10]);
        // Of a batch it is the first one's; nothing is sent then.
        while try_all(&mut lp, sender, &datagrams, None) != Err(Errno::ECONNREFUSED) {}
        let refused = Err(Errno::ECONNREFUSED);
        let mut ends = Vec::new();
        // Of queued ones it is the first one's of those that go together, if the kernel has heard by then what became of the one that went before.
        while ends.get(1) != Some(&refused) {
            let earlier = sys::take_error(sender.fd(&mut lp).unwrap());
            assert!([Ok(None), Ok(Some(Errno::ECONNREFUSED))].contains(&earlier));
            let sent = Seen::new();
            for bytes in &datagrams {
                let record = sent.clone();
                let done = move |_: &mut Ctx, _: Udp, status| record.add(status);
                sender.send(&mut lp, bytes, None, done).unwrap();
            }
            until(&mut lp, |_| sent.len() == 10);
            ends = sent.all();
        }
        assert!(ends.iter().all(|end| *end == Ok(()) || *end == refused));
        let sent = ends.iter().filter(|end| end.is_ok());
        assert!(sent.count() >= 8, "{ends:?}");
        close_and_end(lp, &[sender]);
    });
}

/// The same when it is certain.
#[test]
#[cfg_attr(target_vendor = "apple", ignore = "there is no sendmmsg")]
fn the_first_is_refused() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (receiver, to) = bound(&mut lp, HOST);
        let heard = listen(&mut lp, receiver);
        let sender = Udp::new(&mut lp);
        sender.connect(&mut lp, to).unwrap();
        let datagrams = numbered(&[50; 10]);
        let refused = Effect::Fail(Errno::ECONNREFUSED);
        let faults = fault::plan([Fault::new("sendmmsg", 1, refused)]);
        let sent = queue_all(&mut lp, sender, &datagrams, None);
        until(&mut lp, |_| sent.len() == 10 && heard.len() == 10);
        assert_eq!(faults.left(), 0);
        let (first, others) = (sent.all()[0], sent.all()[1..].to_vec());
        assert_eq!(first, (0, Err(Errno::ECONNREFUSED)));
        assert!(others.into_iter().eq((1..10).map(|at| (at, Ok(())))));
        // The empty one went before.
        assert_eq!(heard.take()[1..], all_of(&datagrams[1..]));

        let faults = fault::plan([Fault::new("sendmmsg", 1, refused)]);
        let sent = try_all(&mut lp, sender, &datagrams, None);
        assert_eq!((sent, faults.left()), (Err(Errno::ECONNREFUSED), 0));
        assert_eq!(try_all(&mut lp, sender, &datagrams[1..], None), Ok(9));
        until(&mut lp, |_| heard.len() == 9);
        assert_eq!(heard.all(), all_of(&datagrams[1..]));
        close_and_end(lp, &[sender, receiver]);
    });
}
