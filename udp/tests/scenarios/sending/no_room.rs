//! A socket whose peer does not receive: what does not fit waits, without turning the loop, and goes when there is room. The peers are Unix-domain
//! sockets, for those of the internet lose what does not fit.

use std::os::unix::net::UnixDatagram;
use std::time::Duration;

use uvox_loop::{Errno, Loop};
use uvox_testing::turns_in;
use uvox_udp::uv::Udp;

use crate::common::{Seen, close_and_end, scenario, until};

#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "other systems say ENOBUFS, and nothing when that is over"
)]
fn no_room() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        let udp = Udp::new(&mut lp);
        udp.open(&mut lp, ours).unwrap();
        assert!(udp.is_connected(&lp));
        assert_eq!(udp.getsockname(&mut lp), Err(Errno::EAFNOSUPPORT));
        let sent = Seen::new();
        let bytes = [7; 1000];
        const ALL: usize = 2_000;
        for number in 0..ALL {
            let sent = sent.clone();
            udp.send(&mut lp, &bytes, None, move |_, _, status| {
                sent.add((number, status))
            })
            .unwrap();
        }
        assert!(turns_in(&mut lp, Duration::from_millis(50)) < 20);
        let first = sent.len();
        assert!(first > 0 && first < ALL, "{first}");
        assert_eq!(udp.send_queue_count(&lp), ALL - first);
        assert_eq!(udp.send_queue_size(&lp), (ALL - first) * 1000);
        assert_eq!(udp.try_send(&mut lp, b"x", None), Err(Errno::EAGAIN));
        let mut received = 0;
        let mut into = [0; 2000];
        while received < ALL {
            let before = sent.len();
            while let Ok(count) = theirs.recv(&mut into) {
                assert_eq!(into[..count], bytes);
                received += 1;
            }
            if received < ALL {
                until(&mut lp, |_| sent.len() > before);
            }
        }
        until(&mut lp, |_| sent.len() == ALL);
        let expected: Vec<_> = (0..ALL).map(|number| (number, Ok(()))).collect();
        assert_eq!(sent.all(), expected);
        close_and_end(lp, &[udp]);
    });
}

/// A Unix-domain socket's datagrams have no sender to answer to, but they come.
#[test]
fn between_two_of_them() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        let handles = [ours, theirs].map(|socket| {
            let udp = Udp::new(&mut lp);
            udp.open(&mut lp, socket).unwrap();
            udp
        });
        let heard = Seen::new();
        let record = heard.clone();
        handles[1]
            .recv_start(&mut lp, move |_, _, datagram| {
                let datagram = datagram.unwrap();
                record.add((datagram.sender(), datagram.bytes.to_vec()));
            })
            .unwrap();
        for text in ["one", "", "three"] {
            handles[0]
                .send(&mut lp, text.as_bytes(), None, crate::common::ok)
                .unwrap();
        }
        until(&mut lp, |_| heard.len() == 3);
        let expected = ["one", "", "three"].map(|text| (None, text.as_bytes().to_vec()));
        assert_eq!(heard.all(), expected);
        close_and_end(lp, &handles);
    });
}
