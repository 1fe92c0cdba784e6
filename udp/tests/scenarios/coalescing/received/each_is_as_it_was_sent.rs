//! Datagrams of several sizes and senders, some of which the kernel puts together: each comes by itself, in order, with who sent it and what was said of it.

use std::net::SocketAddr;

use uvox_loop::Loop;
use uvox_udp::uv::{BindFlags, Control, Ecn, Message, RawAddress, Udp};

use super::{brought, bytes, count, is_merging, listen_to_batches, numbered, send_all, traced};
use crate::common::{COALESCES, Seen, any_port, bound, close_and_end, hosts, scenario, until};

#[test]
fn each_is_as_it_was_sent() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (receiver, to) = bound(&mut lp, host);
            let senders = [(); 2].map(|()| bound(&mut lp, host));
            let heard = listen_to_batches(&mut lp, receiver);
            if COALESCES {
                assert_eq!(is_merging(&mut lp, receiver), Ok(true));
            }
            let first = numbered(&[100, 100, 100, 30]);
            let second = numbered(&[0, 7, 7, 7, 7, 300, 300, 5]);
            let mut expected = Vec::new();
            for (which, datagrams) in [(0, &first), (1, &second), (0, &second), (1, &first)] {
                let (sender, from) = senders[which];
                send_all(&mut lp, sender, datagrams, to);
                expected.extend(datagrams.iter().map(|bytes| (bytes.clone(), Some(from))));
            }
            let ((), events) = traced(|| until(&mut lp, |_| count(&heard) == 24));
            assert_eq!(heard.all(), [expected]);
            if COALESCES {
                // Of each list of eight one is empty, four are alike, two and a shorter one as well.
                assert_eq!(brought(&events), [1 + 3 + 3 + 1]);
                let told = events.iter().find(|event| event.name == "recv").unwrap();
                assert_eq!(told.result, uvox_loop::trace::Outcome::Done(24));
            }
            close_and_end(lp, &[receiver, senders[0].0, senders[1].0]);
        }
    });
}

/// A socket that has not been bound before it has options, and one that is connected, are no others.
#[test]
fn by_a_socket_with_options_and_a_peer() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (sender, from) = bound(&mut lp, host);
            let receiver = Udp::with_socket(&mut lp, sys_domain(from)).unwrap();
            receiver
                .bind(&mut lp, any_port(host), BindFlags::NONE)
                .unwrap();
            receiver.connect(&mut lp, from).unwrap();
            let to = receiver.getsockname(&mut lp).unwrap();
            let heard = listen_to_batches(&mut lp, receiver);
            let datagrams = numbered(&[50; 20]);
            send_all(&mut lp, sender, &datagrams, to);
            let ((), events) = traced(|| until(&mut lp, |_| count(&heard) == 20));
            assert_eq!(bytes(&heard), datagrams);
            if COALESCES {
                assert_eq!(brought(&events), [1]);
            }
            close_and_end(lp, &[receiver, sender]);
        }
    });
}

fn sys_domain(address: SocketAddr) -> uvox_loop::sys::Domain {
    uvox_loop::sys::Domain::for_address(address)
}

/// What the kernel says of the whole is said of each; what differs is not put together.
#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system does not say that"
)]
fn with_marks_and_addresses() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, host);
            udp.receive_ecn(&mut lp, true).unwrap();
            udp.receive_packet_info(&mut lp, true).unwrap();
            let seen = Seen::new();
            let record = seen.clone();
            udp.recv_start_batch(&mut lp, move |_, _, batch| {
                for datagram in batch.unwrap() {
                    let info = datagram.control.packet_info.unwrap();
                    assert_eq!(info.address, host);
                    assert_eq!(datagram.control.segment_size, None);
                    record.add((datagram.bytes[0], datagram.control.ecn().unwrap()));
                }
            })
            .unwrap();
            let raw = RawAddress::from(to);
            let datagrams = numbered(&[20; 12]);
            let slices: Vec<_> = datagrams
                .iter()
                .map(|bytes| [std::io::IoSlice::new(bytes)])
                .collect();
            let marks = [[Ecn::Capable0; 6], [Ecn::Congested; 6]].concat();
            let messages: Vec<Message<'_>> = slices
                .iter()
                .zip(&marks)
                .map(|(buffers, mark)| {
                    let mut control = Control::default();
                    control.set_ecn(*mark);
                    Message {
                        buffers,
                        to: Some(&raw),
                        control,
                    }
                })
                .collect();
            assert_eq!(udp.try_send_batch(&mut lp, &messages), Ok(12));
            let ((), events) = traced(|| until(&mut lp, |_| seen.len() == 12));
            assert_eq!(brought(&events), [2]);
            assert!(seen.all().into_iter().eq((0..).zip(marks)));
            close_and_end(lp, &[udp]);
        }
    });
}
