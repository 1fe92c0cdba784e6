//! Nobody has the port: a connected handle that receives hears of it, once for each time, and goes on; one that does not is told by its next send; one that is not
//! connected never hears.

use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{bound, close_and_end, hosts, listen, nobody, ok, scenario, until};

#[test]
fn nobody_is_there() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (udp, _) = bound(&mut lp, host);
            let somewhere = nobody(host);
            udp.connect(&mut lp, somewhere).unwrap();
            let heard = listen(&mut lp, udp);
            for _ in 0..3 {
                udp.send(&mut lp, b"x", None, ok).unwrap();
                until(&mut lp, |_| heard.len() == 1);
                assert_eq!(heard.take(), [Err(Errno::ECONNREFUSED)]);
                assert!(udp.is_receiving(&lp));
            }
            // It goes on, when somebody is there.
            let peer = std::net::UdpSocket::bind(somewhere).unwrap();
            udp.send(&mut lp, b"x", None, ok).unwrap();
            let (_, from) = peer.recv_from(&mut [0]).unwrap();
            peer.send_to(b"answer", from).unwrap();
            until(&mut lp, |_| heard.len() == 1);
            assert_eq!(heard.take(), [Ok(b"answer".to_vec())]);
            close_and_end(lp, &[udp]);
        }
    });
}

#[test]
fn told_by_the_next_send() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (connected, _) = bound(&mut lp, host);
            let (free, _) = bound(&mut lp, host);
            let heard = listen(&mut lp, free);
            let nobody = nobody(host);
            connected.connect(&mut lp, nobody).unwrap();
            assert_eq!(connected.try_send(&mut lp, b"x", None), Ok(1));
            let refused = connected.try_send(&mut lp, b"x", None);
            assert_eq!(refused, Err(Errno::ECONNREFUSED));
            for _ in 0..3 {
                free.send(&mut lp, b"x", nobody, ok).unwrap();
                lp.run(RunMode::NoWait).unwrap();
            }
            assert!(heard.is_empty());
            close_and_end(lp, &[connected, free]);
        }
    });
}
