//! Explicit congestion notification, for each datagram that is sent and of each that is received, one by one and in batches.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Control, Domain, Ecn, Message, RecvBatch, SendBatch};

use super::support::{readable, udp_pair};
use crate::common::scenario;

const ALL: [Ecn; 4] = [
    Ecn::NotCapable,
    Ecn::Capable1,
    Ecn::Capable0,
    Ecn::Congested,
];

#[test]
fn a_datagram_carries_a_congestion_mark() {
    scenario(|| {
        for (address, domain) in [("127.0.0.1", Domain::IPV4), ("[::1]", Domain::IPV6)] {
            let (sender, receiver, to) = udp_pair(address);
            match sys::receive_traffic_class(receiver.as_fd(), domain, true) {
                Err(Errno::ENOTSUP) if cfg!(any(target_os = "netbsd", target_os = "openbsd")) => {
                    continue;
                }
                result => result.unwrap(),
            }
            let one = [IoSlice::new(b"x")];
            let messages = ALL.map(|ecn| {
                let mut control = Control {
                    // A class of service is beside it.
                    traffic_class: Some(0b0010_1000),
                    ..Control::default()
                };
                control.set_ecn(ecn);
                Message {
                    buffers: &one,
                    to: None,
                    control,
                }
            });
            for message in messages {
                // By the connection, and to an address.
                for to in [None, Some(&to)] {
                    sys::sendmsg(sender.as_fd(), &one, to, &message.control).unwrap();
                    let byte = &mut [0];
                    let into = &mut [IoSliceMut::new(byte)];
                    let received = sys::recvmsg(readable(&receiver).as_fd(), into, None).unwrap();
                    assert_eq!(received.control, message.control);
                }
            }
            let mut batch = SendBatch::new(4);
            assert_eq!(batch.send(sender.as_fd(), messages), Ok(4));
            let mut batch = RecvBatch::new(4);
            let count = batch.recv(readable(&receiver).as_fd(), &mut [0; 4], 1);
            assert_eq!(count, Ok(4));
            let marks: Vec<Ecn> = batch
                .iter()
                .map(|datagram| datagram.received.control.ecn().unwrap())
                .collect();
            assert_eq!(marks, ALL);
        }
    });
}
