//! Many datagrams with one call: as many as fit, those before the first that fails, and none lost between two calls.

use std::io::IoSlice;
use std::os::fd::{AsFd, OwnedFd};

use uvox_loop::Errno;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::{
    self, Address, BatchEnd, Control, Domain, Message, RawAddress, RecvBatch, SendBatch, Type,
};
use uvox_loop::trace::Outcome;

use super::support::{bound, readable, traced};
use crate::common::scenario;

const APPLE: bool = cfg!(target_vendor = "apple");

/// Sends each of these texts as a datagram.
fn send(
    batch: &mut SendBatch,
    socket: &OwnedFd,
    to: &RawAddress,
    texts: &[&str],
) -> Result<usize, Errno> {
    let buffers: Vec<[IoSlice<'_>; 1]> = texts
        .iter()
        .map(|text| [IoSlice::new(text.as_bytes())])
        .collect();
    let messages = buffers.iter().map(|buffers| Message {
        buffers,
        to: Some(to),
        control: Control::default(),
    });
    batch.send(socket.as_fd(), messages)
}

/// Receives with one call, and checks that all came from one sender.
fn receive(batch: &mut RecvBatch, socket: &OwnedFd, from: &RawAddress) -> Vec<String> {
    let mut buffer = [0; 64];
    let count = batch
        .recv(readable(socket).as_fd(), &mut buffer, 8)
        .unwrap();
    assert_eq!(batch.iter().count(), count);
    assert!(batch.get(count).is_none());
    batch
        .iter()
        .map(|datagram| {
            assert_eq!(datagram.from, from);
            assert!(!datagram.received.truncated);
            String::from_utf8(buffer[datagram.range].to_vec()).unwrap()
        })
        .collect()
}

#[test]
fn a_batch_of_datagrams() {
    scenario(|| {
        let (sender, from) = bound("127.0.0.1", Type::DGRAM);
        let (receiver, to) = bound("127.0.0.1", Type::DGRAM);
        let (from, to) = (from.into(), to.into());
        let (mut out, mut into) = (SendBatch::new(3), RecvBatch::new(2));
        assert_eq!((out.capacity(), into.capacity()), (3, 2));
        // No more than there is room for; the same batch again and again.
        for round in 0..3 {
            let (sent, calls) = traced("sendmmsg", || {
                send(&mut out, &sender, &to, &["one", "", "three", "four"])
            });
            assert_eq!(sent, Ok(3), "round {round}");
            assert_eq!(calls.len(), usize::from(!APPLE));
            assert_eq!(receive(&mut into, &receiver, &from), ["one", ""]);
            assert_eq!(into.end(), BatchEnd::Full);
            assert_eq!(receive(&mut into, &receiver, &from), ["three"]);
            assert_eq!(into.end(), BatchEnd::Empty);
        }
        assert_eq!(send(&mut out, &sender, &to, &[]), Ok(0));

        // A short batch, on purpose.
        if !APPLE {
            let short = Effect::Short(2);
            let faults = fault::plan([
                Fault::new("sendmmsg", 1, short),
                Fault::new("recvmmsg", 1, Effect::Short(1)),
            ]);
            let sent = send(&mut out, &sender, &to, &["a", "b", "c"]);
            assert_eq!(sent, Ok(2));
            assert_eq!(receive(&mut into, &receiver, &from), ["a"]);
            // The kernel filled what it was given, and says nothing of what is behind.
            assert_eq!(into.end(), BatchEnd::Full);
            assert_eq!(receive(&mut into, &receiver, &from), ["b"]);
            assert_eq!(into.end(), BatchEnd::Empty);
            assert_eq!(faults.left(), 0);
        }
    });
}

#[test]
fn a_datagram_longer_than_its_place_is_cut_and_marked() {
    scenario(|| {
        let (sender, _) = bound("127.0.0.1", Type::DGRAM);
        let (receiver, to) = bound("127.0.0.1", Type::DGRAM);
        let mut out = SendBatch::new(2);
        send(&mut out, &sender, &to.into(), &["123456789", "1234"]).unwrap();
        let mut into = RecvBatch::new(8);
        let buffer = &mut [0; 19];
        // There is room for four of 4 bytes, and for none of 20.
        let small = into.recv(receiver.as_fd(), buffer, 20);
        assert_eq!(small, Err(Errno::EINVAL));
        let none = into.recv(receiver.as_fd(), buffer, 0);
        assert_eq!(none, Err(Errno::EINVAL));
        assert_eq!(into.recv(readable(&receiver).as_fd(), buffer, 4), Ok(2));
        let marks: Vec<_> = into
            .iter()
            .map(|one| (one.range, one.received.truncated))
            .collect();
        assert_eq!(marks, [(0..4, true), (4..8, false)]);
    });
}

#[test]
fn what_fails_in_the_middle_is_told_by_the_next_call() {
    scenario(|| {
        let (sender, from) = bound("127.0.0.1", Type::DGRAM);
        let (receiver, to) = bound("127.0.0.1", Type::DGRAM);
        let (from, to) = (from.into(), to.into());
        let long = "x".repeat(70_000);
        for missing in [false, true] {
            let mut out = SendBatch::new(4);
            let mut into = RecvBatch::new(4);
            let effect = Effect::Fail(Errno::ENOSYS);
            let names = ["sendmmsg", "recvmmsg"]
                .iter()
                .take(2 * usize::from(missing));
            let faults = fault::plan(names.map(|name| Fault::new(name, 1, effect)));
            let (sent, single) = traced("sendmsg", || {
                send(&mut out, &sender, &to, &["one", "two", &long, "four"])
            });
            assert_eq!(sent, Ok(2));
            let rest = send(&mut out, &sender, &to, &[&long, "four"]);
            assert_eq!(rest, Err(Errno::EMSGSIZE));
            let expected = if missing || APPLE { 3 } else { 0 };
            assert_eq!(single.len(), expected, "one by one, or together");
            let (received, single) = traced("recvmsg", || receive(&mut into, &receiver, &from));
            assert_eq!(received, ["one", "two"]);
            assert_eq!(single.len(), expected);
            if let Some(last) = single.last() {
                assert_eq!(*last, Outcome::Failed(Errno::EAGAIN));
            }
            assert!(APPLE || faults.left() == 0);
            // It remembers that the call is missing.
            let (sent, tried) = traced("sendmmsg", || send(&mut out, &sender, &to, &["five"]));
            assert_eq!(sent, Ok(1));
            assert_eq!(tried.len(), usize::from(!missing && !APPLE));
            assert_eq!(receive(&mut into, &receiver, &from), ["five"]);
        }
    });
}

/// What the kernel said of a datagram is not said of one that is received in the same place later, and what it did not say then it can say now.
#[test]
fn nothing_is_left_of_those_before() {
    scenario(|| {
        let (sender, to) = bound("127.0.0.1", Type::DGRAM);
        let (receiver, address) = bound("127.0.0.1", Type::DGRAM);
        let (from, to): (RawAddress, RawAddress) = (to.into(), address.into());
        let mut out = SendBatch::new(4);
        let mut into = RecvBatch::new(4);
        let buffer = &mut [0; 32];
        for round in 0..6 {
            let told = round % 2 == 1;
            sys::receive_packet_info(receiver.as_fd(), Domain::IPV4, told).unwrap();
            let texts = &["one", "", "three", "four"][..1 + round % 4];
            assert_eq!(send(&mut out, &sender, &to, texts), Ok(texts.len()));
            // One that does not even begin changes nothing.
            let small = into.recv(receiver.as_fd(), &mut buffer[..7], 8);
            assert_eq!((small, into.iter().count()), (Err(Errno::EINVAL), 0));
            // There is not always room for as many.
            let most = 4 - round % 2;
            let room = &mut buffer[..8 * most];
            let count = into.recv(readable(&receiver).as_fd(), room, 8);
            assert_eq!(count, Ok(texts.len().min(most)), "round {round}");
            for (one, text) in into.iter().zip(texts) {
                assert_eq!(&buffer[one.range], text.as_bytes());
                assert_eq!(*one.from, from);
                assert_eq!(one.received.control.packet_info.is_some(), told);
            }
            if texts.len() > most {
                assert_eq!(into.recv(receiver.as_fd(), buffer, 8), Ok(1));
            }
        }
    });
}

/// A sender without a name does not take it from those that come after it.
#[test]
fn one_without_a_name_and_one_with() {
    scenario(|| {
        let (nameless, receiver) = sys::socketpair(Domain::UNIX, Type::DGRAM, None).unwrap();
        let mut into = RecvBatch::new(2);
        let buffer = &mut [0; 8];
        sys::send(nameless.as_fd(), b"a").unwrap();
        assert_eq!(into.recv(receiver.as_fd(), buffer, 4), Ok(1));
        assert!(matches!(
            into.get(0).unwrap().from.get(),
            None | Some(Address::Unix(_))
        ));
        let (sender, from) = bound("127.0.0.1", Type::DGRAM);
        let (receiver, to) = bound("127.0.0.1", Type::DGRAM);
        sys::sendto(sender.as_fd(), b"b", &to.into()).unwrap();
        assert_eq!(into.recv(readable(&receiver).as_fd(), buffer, 4), Ok(1));
        assert_eq!(into.get(0).unwrap().from.ip(), Some(from));
    });
}
