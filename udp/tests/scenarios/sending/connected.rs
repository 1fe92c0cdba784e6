//! A handle that is connected sends to its peer and hears from it alone, until it is disconnected.

use uvox_loop::{Errno, Loop, RunMode};
use uvox_udp::uv::Udp;

use crate::common::{bound, close_and_end, hosts, listen, ok, scenario, texts, until};

#[test]
fn connected() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (peer, to) = bound(&mut lp, host);
            let (other, elsewhere) = bound(&mut lp, host);
            let (peer_heard, other_heard) = (listen(&mut lp, peer), listen(&mut lp, other));
            let (udp, own) = bound(&mut lp, host);
            let heard = listen(&mut lp, udp);
            let nobody = udp.send(&mut lp, b"x", None, |_, _, _| panic!("to whom?"));
            assert_eq!(nobody, Err(Errno::EDESTADDRREQ));
            assert_eq!(udp.try_send(&mut lp, b"x", None), Err(Errno::EDESTADDRREQ));
            assert_eq!(udp.disconnect(&mut lp), Err(Errno::ENOTCONN));
            assert_eq!(udp.getpeername(&mut lp), Err(Errno::ENOTCONN));

            udp.connect(&mut lp, to).unwrap();
            assert!(udp.is_connected(&lp));
            assert_eq!(udp.getpeername(&mut lp), Ok(to));
            assert_eq!(udp.connect(&mut lp, to), Err(Errno::EISCONN));
            let there = udp.send(&mut lp, b"x", elsewhere, |_, _, _| panic!("not there"));
            assert_eq!(there, Err(Errno::EISCONN));
            udp.send(&mut lp, b"to the peer", None, ok).unwrap();
            other.send(&mut lp, b"not heard", own, ok).unwrap();
            peer.send(&mut lp, b"heard", own, ok).unwrap();
            until(&mut lp, |_| peer_heard.len() == 1 && heard.len() == 1);
            lp.run(RunMode::NoWait).unwrap();
            assert_eq!(heard.take(), texts(&["heard"]));

            udp.disconnect(&mut lp).unwrap();
            assert!(!udp.is_connected(&lp));
            assert_eq!(udp.getpeername(&mut lp), Err(Errno::ENOTCONN));
            udp.send(&mut lp, b"to the other", elsewhere, ok).unwrap();
            until(&mut lp, |_| other_heard.len() == 1);
            // With the end of a connection goes the address that was chosen for it, on some systems the one that was bound, too.
            let own = udp.getsockname(&mut lp).unwrap();
            if own.ip() == host {
                other.send(&mut lp, b"heard now", own, ok).unwrap();
                until(&mut lp, |_| heard.len() == 1);
                assert_eq!(heard.take(), texts(&["heard now"]));
            }
            udp.connect(&mut lp, elsewhere).unwrap();
            assert_eq!(udp.getpeername(&mut lp), Ok(elsewhere));
            assert_eq!(peer_heard.all(), texts(&["to the peer"]));
            assert_eq!(other_heard.all(), texts(&["to the other"]));
            close_and_end(lp, &[udp, peer, other]);
        }
    });
}

/// A socket that comes from elsewhere may be connected already.
#[test]
fn from_elsewhere() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (peer, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, peer);
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        socket.connect(to).unwrap();
        let udp = Udp::new(&mut lp);
        udp.open(&mut lp, socket).unwrap();
        assert!(udp.is_connected(&lp));
        udp.send(&mut lp, b"hello", None, ok).unwrap();
        until(&mut lp, |_| heard.len() == 1);
        let again = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(udp.open(&mut lp, again), Err(Errno::EBUSY));
        close_and_end(lp, &[udp, peer]);
    });
}
