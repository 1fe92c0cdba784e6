//! A datagram that is longer than there is room for is cut, and marked; the next is whole.

use uvox_loop::{Errno, Loop};

use crate::common::{Seen, bound, close_and_end, hosts, ok, scenario, until};

#[test]
fn truncated() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, host);
            for wrong in [0, 1 << 20] {
                assert_eq!(udp.set_datagram_size(&mut lp, wrong), Err(Errno::EINVAL));
            }
            udp.set_datagram_size(&mut lp, 4).unwrap();
            let heard = Seen::new();
            let record = heard.clone();
            udp.recv_start(&mut lp, move |cx, udp, datagram| {
                let datagram = datagram.unwrap();
                record.add((datagram.bytes.to_vec(), datagram.truncated));
                if record.len() == 5 {
                    udp.set_datagram_size(cx, 65_536).unwrap();
                }
            })
            .unwrap();
            for text in ["123456789", "1234", "", "12345", "123"] {
                udp.send(&mut lp, text.as_bytes(), to, ok).unwrap();
            }
            until(&mut lp, |_| heard.len() == 5);
            udp.send(&mut lp, b"123456789", to, ok).unwrap();
            until(&mut lp, |_| heard.len() == 6);
            let expected = [
                ("1234", true),
                ("1234", false),
                ("", false),
                ("1234", true),
                ("123", false),
                ("123456789", false),
            ];
            assert_eq!(heard.all(), expected.map(|(text, cut)| (text.into(), cut)));
            close_and_end(lp, &[udp]);
        }
    });
}
