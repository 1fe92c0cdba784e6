//! The kernel takes one large send apart into datagrams, and puts datagrams together into one large receive.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Control};

use super::support;
use crate::common::scenario;

const SEGMENTS: Control = Control {
    packet_info: None,
    traffic_class: None,
    segment_size: Some(1000),
};

#[test]
#[cfg(target_os = "linux")]
fn one_send_is_many_datagrams() {
    scenario(|| {
        let (sender, receiver, _) = support::udp_pair("127.0.0.1");
        let bytes: Vec<u8> = (0..3500u32).map(|i| (i / 1000) as u8).collect();
        let whole = [IoSlice::new(&bytes)];
        let sent = sys::sendmsg(sender.as_fd(), &whole, None, &SEGMENTS);
        assert_eq!(sent, Ok(3500));
        let mut batch = sys::RecvBatch::new(8);
        let buffer = &mut vec![9; 16_000];
        let count = batch.recv(support::readable(&receiver).as_fd(), buffer, 2000);
        assert_eq!(count, Ok(4));
        for (i, datagram) in batch.iter().enumerate() {
            let length = if i < 3 { 1000 } else { 500 };
            assert_eq!(buffer[datagram.range], vec![i as u8; length]);
            assert!(datagram.received.control.is_empty());
        }

        // One receive for all, where the receiver has agreed to that.
        sys::receive_coalesced(receiver.as_fd(), true).unwrap();
        sys::sendmsg(sender.as_fd(), &whole, None, &SEGMENTS).unwrap();
        let mut got = Vec::new();
        while got.len() < 3500 {
            let buffer = &mut vec![9; 1 << 16];
            let into = &mut [IoSliceMut::new(buffer)];
            let received = sys::recvmsg(support::readable(&receiver).as_fd(), into, None).unwrap();
            let size = received.control.segment_size.map(usize::from);
            assert!(size == Some(1000) || received.count <= 1000);
            got.extend_from_slice(&buffer[..received.count]);
        }
        assert_eq!(got, bytes);
    });
}

#[test]
#[cfg(not(target_os = "linux"))]
fn what_the_system_cannot_do_is_not_ignored() {
    scenario(|| {
        let (sender, receiver, _) = support::udp_pair("127.0.0.1");
        let whole = [IoSlice::new(b"abc")];
        let sent = sys::sendmsg(sender.as_fd(), &whole, None, &SEGMENTS);
        assert_eq!(sent, Err(Errno::ENOTSUP));
        let coalesced = sys::receive_coalesced(receiver.as_fd(), true);
        assert_eq!(coalesced, Err(Errno::ENOTSUP));
        let byte = &mut [0];
        let into = &mut [IoSliceMut::new(byte)];
        let received = sys::recvmsg(receiver.as_fd(), into, None);
        assert_eq!(received, Err(Errno::EAGAIN));
    });
}

#[test]
fn what_cannot_be_taken_apart_is_not_sent() {
    scenario(|| {
        let (sender, _receiver, _) = support::udp_pair("127.0.0.1");
        let control = Control {
            segment_size: Some(u16::MAX),
            ..Control::default()
        };
        let whole = [IoSlice::new(&[0; 60_000]), IoSlice::new(&[0; 10_000])];
        let sent = sys::sendmsg(sender.as_fd(), &whole, None, &control);
        assert!(matches!(
            sent,
            Err(Errno::EMSGSIZE | Errno::EINVAL | Errno::ENOTSUP)
        ));
    });
}
