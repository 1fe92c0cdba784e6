//! A datagram with nothing in it is one, by whichever way it is sent.

use uvox_loop::Loop;
use uvox_udp::uv::Udp;

use crate::common::{bound, close_and_end, hosts, listen, ok, scenario, texts, until};

#[test]
fn an_empty_datagram() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (receiver, to) = bound(&mut lp, host);
            let heard = listen(&mut lp, receiver);
            let (sender, _) = bound(&mut lp, host);
            sender.send(&mut lp, b"", to, ok).unwrap();
            sender.send(&mut lp, b"x", to, ok).unwrap();
            sender.send(&mut lp, b"", to, ok).unwrap();
            until(&mut lp, |_| heard.len() == 3);
            let connected = Udp::new(&mut lp);
            connected.connect(&mut lp, to).unwrap();
            assert_eq!(connected.try_send(&mut lp, b"", None), Ok(0));
            connected.send(&mut lp, b"", None, ok).unwrap();
            connected.send(&mut lp, b"", None, ok).unwrap();
            until(&mut lp, |cx| {
                heard.len() == 6 && connected.send_queue_count(cx) == 0
            });
            assert_eq!(heard.all(), texts(&["", "x", "", "", "", ""]));
            close_and_end(lp, &[sender, receiver, connected]);
        }
    });
}
