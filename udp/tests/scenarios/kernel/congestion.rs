//! Congestion marks, of each datagram its own, sent one by one, queued, and in batches.

use std::io::IoSlice;

use uvox_loop::{Errno, Loop};
use uvox_udp::uv::{Control, Ecn, Message, RawAddress};

use crate::common::{Seen, bound, close_and_end, hosts, ok, scenario, until};

#[test]
fn congestion() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, host);
            match udp.receive_ecn(&mut lp, true) {
                Err(Errno::ENOTSUP) if cfg!(not(target_os = "linux")) => {
                    close_and_end(lp, &[udp]);
                    continue;
                }
                result => result.unwrap(),
            }
            let seen = Seen::new();
            let record = seen.clone();
            udp.recv_start(&mut lp, move |_, _, datagram| {
                record.add(datagram.unwrap().control.ecn().unwrap());
            })
            .unwrap();
            let marks = [
                Ecn::Capable0,
                Ecn::Congested,
                Ecn::NotCapable,
                Ecn::Capable1,
            ];
            let one = [IoSlice::new(b"x")];
            let controls = marks.map(|mark| {
                let mut control = Control::default();
                control.set_ecn(mark);
                control
            });
            for control in &controls {
                udp.send_with(&mut lp, &one, to, control, ok).unwrap();
            }
            until(&mut lp, |_| seen.len() == 4);
            let raw = RawAddress::from(to);
            let messages = controls.map(|control| Message {
                buffers: &one,
                to: Some(&raw),
                control,
            });
            assert_eq!(udp.try_send_batch(&mut lp, &messages), Ok(4));
            until(&mut lp, |_| seen.len() == 8);
            assert_eq!(seen.all(), [marks, marks].concat());
            close_and_end(lp, &[udp]);
        }
    });
}
