//! A handle that was not bound gets an address when it first sends, of the version that it sends by.

use uvox_loop::{Errno, Loop};
use uvox_udp::uv::{BindFlags, Udp};

use crate::common::{any_port, bound, close_and_end, hosts, listen, ok, scenario, texts, until};

#[test]
fn before_bind() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (receiver, to) = bound(&mut lp, host);
            let heard = listen(&mut lp, receiver);
            let handles = [(); 3].map(|()| Udp::new(&mut lp));
            let [sends, tries, connects] = handles;
            for udp in handles {
                assert_eq!(udp.getsockname(&mut lp), Err(Errno::EBADF));
            }
            sends.send(&mut lp, b"sent", to, ok).unwrap();
            until(&mut lp, |_| heard.len() == 1);
            assert_eq!(tries.try_send(&mut lp, b"tried", to), Ok(5));
            connects.connect(&mut lp, to).unwrap();
            connects.send(&mut lp, b"connected", None, ok).unwrap();
            until(&mut lp, |_| heard.len() == 3);
            assert_eq!(heard.all(), texts(&["sent", "tried", "connected"]));
            for udp in handles {
                let address = udp.getsockname(&mut lp).unwrap();
                assert!(address.port() > 0 && address.is_ipv4() == host.is_ipv4());
                let again = udp.bind(&mut lp, any_port(host), BindFlags::NONE);
                assert_eq!(again, Err(Errno::EINVAL));
            }
            // Receiving binds, too, to IPv4.
            let receives = Udp::new(&mut lp);
            let heard = listen(&mut lp, receives);
            let port = receives.getsockname(&mut lp).unwrap().port();
            assert!(port > 0);
            let any = ([127, 0, 0, 1], port).into();
            let four = Udp::new(&mut lp);
            four.send(&mut lp, b"there", Some(any), ok).unwrap();
            until(&mut lp, |_| heard.len() == 1);
            close_and_end(lp, &[sends, tries, connects, receiver, receives, four]);
        }
    });
}
