//! A fault can make each transfer come back short; what was not transferred is still to be transferred.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::{self, Control};

use super::support::{pair, readable, udp_pair};
use crate::common::scenario;

/// Makes a call that may transfer so many bytes.
fn short<R>(name: &'static str, most: usize, f: impl FnOnce() -> Result<R, Errno>) -> R {
    let faults = fault::plan([Fault::new(name, 1, Effect::Short(most))]);
    let result = f().unwrap();
    assert_eq!(faults.left(), 0, "{name} was not called");
    result
}

#[test]
fn a_short_count_cuts_every_transfer() {
    scenario(|| {
        let (a, b) = pair();
        let all = [
            IoSlice::new(b"ab"),
            IoSlice::new(b"cde"),
            IoSlice::new(b"f"),
        ];
        assert_eq!(short("send", 2, || sys::send(a.as_fd(), b"abc")), 2);
        assert_eq!(short("write", 1, || sys::write(a.as_fd(), b"cde")), 1);
        assert_eq!(short("writev", 3, || sys::writev(a.as_fd(), &all)), 3);
        assert_eq!(short("sendmsg", 5, || sys::sendv(a.as_fd(), &all)), 5);
        let with = [a.as_fd()];
        let sent = short("sendmsg", 1, || {
            sys::send_descriptors(a.as_fd(), &all, &with)
        });
        assert_eq!(sent, 1);

        // What the peer has is what was said to be sent: ab c abc abcde a.
        let mut got = Vec::new();
        let bytes = &mut [0; 16];
        for (name, most) in [("peek", 3), ("recv", 3), ("read", 1), ("readv", 3)] {
            let call = if name == "peek" { "recv" } else { name };
            let count = short(call, most, || match name {
                "peek" => sys::peek(b.as_fd(), bytes),
                "recv" => sys::recv(b.as_fd(), bytes),
                "read" => sys::read(b.as_fd(), bytes),
                _ => {
                    let (one, two) = bytes.split_at_mut(2);
                    let into = &mut [IoSliceMut::new(one), IoSliceMut::new(two)];
                    sys::readv(b.as_fd(), into)
                }
            });
            assert_eq!(count, most, "{name}");
            if name != "peek" {
                got.extend_from_slice(&bytes[..count]);
            }
        }
        let received = short("recvmsg", 4, || {
            let (one, two) = bytes.split_at_mut(3);
            let into = &mut [IoSliceMut::new(one), IoSliceMut::new(two)];
            sys::recv_descriptors(b.as_fd(), into, &mut Vec::new())
        });
        assert_eq!(received.count, 4);
        got.extend_from_slice(&bytes[..4]);
        assert_eq!(got, b"abcabcabcde");
        let rest = sys::recv(b.as_fd(), bytes).unwrap();
        assert_eq!(&bytes[..rest], b"a");
    });
}

#[test]
fn of_a_datagram_a_short_count_is_a_part() {
    scenario(|| {
        let (sender, receiver, to) = udp_pair("127.0.0.1");
        let all = [IoSlice::new(b"ab"), IoSlice::new(b"cdef")];
        let none = Control::default();
        let sent = short("sendmsg", 5, || {
            sys::sendmsg(sender.as_fd(), &all, None, &none)
        });
        assert_eq!(sent, 5);
        readable(&receiver);
        let bytes = &mut [0; 16];
        let received = short("recvmsg", 3, || {
            sys::recvmsg(receiver.as_fd(), &mut [IoSliceMut::new(bytes)], None)
        });
        assert_eq!((received.count, received.truncated), (3, true));
        assert_eq!(&bytes[..3], b"abc");
        let sent = short("sendto", 2, || sys::sendto(sender.as_fd(), b"abc", &to));
        assert_eq!(sent, 2);
        assert_eq!(sys::recv(readable(&receiver).as_fd(), bytes), Ok(2));
    });
}
