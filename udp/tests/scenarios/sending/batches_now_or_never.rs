//! Many at once, now or never: as many as the kernel takes, in order, and it is known how many.

use std::io::IoSlice;
use std::net::{Ipv4Addr, SocketAddr};

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Errno, Loop};
use uvox_udp::uv::{Control, Message, RawAddress, Udp};

use crate::common::{BATCHES, bound, calls, close_and_end, listen, ok, scenario, until};

const LOCALHOST: Ipv4Addr = Ipv4Addr::LOCALHOST;

fn message<'a>(buffers: &'a [IoSlice<'a>], to: Option<&'a RawAddress>) -> Message<'a> {
    Message {
        buffers,
        to,
        control: Control::default(),
    }
}

#[test]
fn batches_now_or_never() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (receiver, to) = bound(&mut lp, LOCALHOST);
        let heard = listen(&mut lp, receiver);
        let bytes: Vec<[u8; 1]> = (0..150).map(|number| [number]).collect();
        let slices: Vec<[IoSlice<'_>; 1]> = bytes.iter().map(|byte| [IoSlice::new(byte)]).collect();
        let to = RawAddress::from(to);
        let messages: Vec<Message<'_>> = slices
            .iter()
            .map(|slices| message(slices, Some(&to)))
            .collect();
        // It is not even bound yet.
        let sender = Udp::new(&mut lp);
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        assert_eq!(sender.try_send_batch(&mut lp, &messages), Ok(150));
        trace::take();
        if BATCHES {
            let sends = calls(&recorder);
            assert_eq!(sends[sends.len() - 3..], ["sendmmsg"; 3]);
        }
        until(&mut lp, |_| heard.len() == 150);
        let numbers: Vec<_> = (0..150).map(|number| Ok(vec![number])).collect();
        assert_eq!(heard.take(), numbers);

        // One that cannot be sent, in the middle and in front.
        let long = vec![0; 66_000];
        let long = [IoSlice::new(&long)];
        let [one, too_long, other] = [
            message(&slices[0], Some(&to)),
            message(&long, Some(&to)),
            message(&slices[1], Some(&to)),
        ];
        assert_eq!(
            sender.try_send_batch(&mut lp, &[one, too_long, other]),
            Ok(1)
        );
        let rest = sender.try_send_batch(&mut lp, &[too_long, other]);
        assert_eq!(rest, Err(Errno::EMSGSIZE));
        assert_eq!(sender.try_send_batch(&mut lp, &[other]), Ok(1));
        until(&mut lp, |_| heard.len() == 2);
        assert_eq!(heard.take(), numbers[..2]);

        // What cannot be right is refused whole.
        let nobody = message(&slices[0], None);
        let mixed = sender.try_send_batch(&mut lp, &[one, nobody]);
        assert_eq!(mixed, Err(Errno::EDESTADDRREQ));
        let nothing = message(&[], Some(&to));
        assert_eq!(
            sender.try_send_batch(&mut lp, &[nothing]),
            Err(Errno::EINVAL)
        );
        assert_eq!(sender.try_send_batch(&mut lp, &[]), Err(Errno::EINVAL));
        let no_address = message(&slices[0], Some(&RawAddress::NONE));
        assert_eq!(
            sender.try_send_batch(&mut lp, &[no_address]),
            Err(Errno::EINVAL)
        );

        // Behind what is queued it does not go.
        let address: SocketAddr = to.ip().unwrap();
        sender.send(&mut lp, b"first", address, ok).unwrap();
        assert_eq!(sender.try_send_batch(&mut lp, &[one]), Err(Errno::EAGAIN));
        until(&mut lp, |_| heard.len() == 1);
        close_and_end(lp, &[sender, receiver]);
    });
}

#[test]
#[cfg_attr(target_vendor = "apple", ignore = "there is no sendmmsg")]
fn with_faults() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (receiver, to) = bound(&mut lp, LOCALHOST);
        let heard = listen(&mut lp, receiver);
        let sender = Udp::new(&mut lp);
        sender.connect(&mut lp, to).unwrap();
        // Each is a message of its own, which are what a short call counts.
        sender.send_coalesced(&mut lp, false).unwrap();
        let one = [IoSlice::new(b"x")];
        let messages = [message(&one, None); 10];
        for (effect, expected) in [
            (Effect::Fail(Errno::EINTR), Ok(10)),
            (Effect::Short(3), Ok(10)),
            (Effect::Fail(Errno::EAGAIN), Err(Errno::EAGAIN)),
            (Effect::Fail(Errno::ENOBUFS), Err(Errno::EAGAIN)),
            (Effect::Fail(Errno::EPERM), Err(Errno::EPERM)),
        ] {
            let faults = fault::plan([Fault::new("sendmmsg", 1, effect)]);
            let sent = sender.try_send_batch(&mut lp, &messages);
            assert_eq!((sent, faults.left()), (expected, 0), "{effect:?}");
            let count = expected.unwrap_or(0);
            until(&mut lp, |_| heard.len() == count);
            heard.take();
        }
        // It took some, and then no more.
        let effects = [Effect::Short(3), Effect::Fail(Errno::EAGAIN)];
        let faults = fault::plan(effects.map(|effect| Fault::new("sendmmsg", 1, effect)));
        assert_eq!(sender.try_send_batch(&mut lp, &messages), Ok(3));
        assert_eq!(faults.left(), 0);
        until(&mut lp, |_| heard.len() == 3);
        close_and_end(lp, &[sender, receiver]);
    });
}
