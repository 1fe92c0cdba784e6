//! One send is many datagrams, and many datagrams are one receive, where the kernel can do that.

use std::io::IoSlice;

use uvox_loop::{Errno, Loop};
use uvox_udp::uv::Control;

use crate::common::{Seen, bound, close_and_end, hosts, ok, scenario, until};

const SEGMENTS: Control = Control {
    packet_info: None,
    traffic_class: None,
    segment_size: Some(1000),
};

#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system cannot do that"
)]
fn segments() {
    scenario(|| {
        for (host, coalesced) in hosts()
            .into_iter()
            .flat_map(|host| [(host, false), (host, true)])
        {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, host);
            udp.receive_coalesced(&mut lp, coalesced).unwrap();
            let seen = Seen::new();
            let record = seen.clone();
            let received = Seen::new();
            let count = received.clone();
            udp.recv_start(&mut lp, move |_, _, datagram| {
                let datagram = datagram.unwrap();
                assert!(!datagram.truncated);
                count.add(datagram.control.segment_size);
                for segment in datagram.segments() {
                    record.add(segment.to_vec());
                }
            })
            .unwrap();
            let bytes: Vec<u8> = (0..60_500).map(|at: u32| (at / 1000) as u8).collect();
            let whole = [IoSlice::new(&bytes)];
            udp.send_with(&mut lp, &whole, to, &SEGMENTS, ok).unwrap();
            until(&mut lp, |_| seen.len() == 61);
            let expected: Vec<Vec<u8>> = bytes.chunks(1000).map(<[u8]>::to_vec).collect();
            assert_eq!(seen.all(), expected);
            if coalesced {
                assert_eq!(received.all(), [Some(1000)]);
            } else {
                assert_eq!(received.all(), [None; 61]);
            }
            // An empty one is one, and so is one that came alone.
            for alone in [&b""[..], b"alone"] {
                udp.send(&mut lp, alone, to, ok).unwrap();
            }
            until(&mut lp, |_| seen.len() == 63);
            assert_eq!(seen.all()[61..], [b"".to_vec(), b"alone".to_vec()]);
            close_and_end(lp, &[udp]);
        }
    });
}

#[test]
#[cfg_attr(
    any(target_os = "linux", target_os = "android"),
    ignore = "the system can do that"
)]
fn what_the_system_cannot_do_is_not_ignored() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let coalesced = udp.receive_coalesced(&mut lp, true);
        assert_eq!(coalesced, Err(Errno::ENOTSUP));
        let whole = [IoSlice::new(b"abc")];
        let sent = udp.try_send_with(&mut lp, &whole, to, &SEGMENTS);
        assert_eq!(sent, Err(Errno::ENOTSUP));
        close_and_end(lp, &[udp]);
    });
}
