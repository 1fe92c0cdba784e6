//! What goes elsewhere, or in another way, is not part of it; and the order stays.

use std::io::IoSlice;

use uvox_loop::Loop;
use uvox_udp::uv::{Control, Ecn, Message, RawAddress};

use super::{messages, took};
use crate::common::{COALESCES, bound, close_and_end, hosts, listen, scenario, texts, until};

#[test]
fn several_destinations() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (sender, _) = bound(&mut lp, host);
            let (one, other) = (bound(&mut lp, host), bound(&mut lp, host));
            let heard = [one.0, other.0].map(|udp| listen(&mut lp, udp));
            // Two places for one address are one address.
            let to = [one.1, other.1, one.1, other.1].map(RawAddress::from);
            let texts_to = [
                ("1a", 0),
                ("1b", 2),
                ("2a", 1),
                ("2b", 3),
                ("2c", 1),
                ("1c", 0),
                ("2d", 1),
            ];
            let slices = texts_to.map(|(text, _)| [IoSlice::new(text.as_bytes())]);
            let batch: Vec<Message<'_>> = slices
                .iter()
                .zip(texts_to)
                .map(|(buffers, (_, at))| Message {
                    buffers,
                    to: Some(&to[at]),
                    control: Control::default(),
                })
                .collect();
            let (sent, calls) = messages(|| sender.try_send_batch(&mut lp, &batch));
            assert_eq!(sent, Ok(7));
            if COALESCES {
                assert_eq!(calls, took(&[4]));
            }
            until(&mut lp, |_| heard[0].len() == 3 && heard[1].len() == 4);
            assert_eq!(heard[0].all(), texts(&["1a", "1b", "1c"]));
            assert_eq!(heard[1].all(), texts(&["2a", "2b", "2c", "2d"]));
            close_and_end(lp, &[sender, one.0, other.0]);
        }
    });
}

#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system may not know congestion marks, or segments"
)]
fn in_several_ways() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        udp.receive_ecn(&mut lp, true).unwrap();
        let seen = crate::common::Seen::new();
        let record = seen.clone();
        udp.recv_start(&mut lp, move |_, _, datagram| {
            let datagram = datagram.unwrap();
            record.add((datagram.bytes.to_vec(), datagram.control.ecn().unwrap()));
        })
        .unwrap();
        let raw = RawAddress::from(to);
        let plain = Control::default();
        let mut marked = plain;
        marked.set_ecn(Ecn::Capable0);
        let cut = Control {
            segment_size: Some(2),
            ..marked
        };
        let bytes = [IoSlice::new(b"xyz")];
        let batch =
            [plain, plain, marked, marked, marked, cut, cut, plain].map(|control| Message {
                buffers: &bytes,
                to: Some(&raw),
                control,
            });
        let (sent, calls) = messages(|| udp.try_send_batch(&mut lp, &batch));
        assert_eq!(sent, Ok(8));
        // What its sender has taken apart is left alone.
        assert_eq!(calls, took(&[5]));
        until(&mut lp, |_| seen.len() == 10);
        let whole = |mark: Ecn| (b"xyz".to_vec(), mark);
        let parts = [b"xy".to_vec(), b"z".to_vec()].map(|part| (part, Ecn::Capable0));
        let mut expected = vec![whole(Ecn::NotCapable); 2];
        expected.extend(vec![whole(Ecn::Capable0); 3]);
        expected.extend([parts.clone(), parts].concat());
        expected.push(whole(Ecn::NotCapable));
        assert_eq!(seen.all(), expected);
        close_and_end(lp, &[udp]);
    });
}
