//! A socket that was made elsewhere may have other readers: nothing is turned on. If it is on already, each datagram comes by itself.

use std::net::UdpSocket;
use std::os::fd::AsFd;

use uvox_loop::{Loop, sys};
use uvox_udp::uv::Udp;

use super::{bytes, count, is_merging, listen_to_batches, numbered, send_all};
use crate::common::{COALESCES, Seen, bound, close_and_end, listen, scenario, until};

#[test]
fn sockets_of_others() {
    scenario(|| {
        for is_on in [false, COALESCES] {
            let mut lp = Loop::new().unwrap();
            let (sender, _) = bound(&mut lp, [127, 0, 0, 1]);
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            let to = socket.local_addr().unwrap();
            if is_on {
                sys::receive_coalesced(socket.as_fd(), true).unwrap();
            }
            let udp = Udp::new(&mut lp);
            udp.open(&mut lp, socket).unwrap();
            // Shorter than what comes as one, and as long as each.
            udp.set_datagram_size(&mut lp, 30).unwrap();
            let datagrams = numbered(&[30; 12]);
            let heard = listen(&mut lp, udp);
            send_all(&mut lp, sender, &datagrams, to);
            until(&mut lp, |_| heard.len() == 12);
            assert!(
                heard
                    .all()
                    .into_iter()
                    .eq(datagrams.iter().cloned().map(Ok))
            );
            udp.recv_stop(&mut lp).unwrap();
            let heard = listen_to_batches(&mut lp, udp);
            send_all(&mut lp, sender, &datagrams, to);
            until(&mut lp, |_| count(&heard) == 12);
            assert_eq!(bytes(&heard), datagrams);
            if COALESCES {
                assert_eq!(is_merging(&mut lp, udp), Ok(is_on));
            }
            close_and_end(lp, &[udp, sender]);
        }
    });
}

/// Unless its owner asks for it.
#[test]
#[cfg_attr(
    not(any(target_os = "linux", target_os = "android")),
    ignore = "the system cannot do that"
)]
fn that_are_to_have_it() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (sender, _) = bound(&mut lp, [127, 0, 0, 1]);
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let to = socket.local_addr().unwrap();
        let udp = Udp::new(&mut lp);
        udp.open(&mut lp, socket).unwrap();
        udp.receive_coalesced(&mut lp, true).unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start_batch(&mut lp, move |_, _, batch| {
            for datagram in batch.unwrap() {
                record.add(datagram.segments().map(<[u8]>::to_vec).collect::<Vec<_>>());
            }
        })
        .unwrap();
        let datagrams = numbered(&[30; 12]);
        send_all(&mut lp, sender, &datagrams, to);
        until(&mut lp, |_| !seen.is_empty());
        assert_eq!(seen.all(), [datagrams]);
        close_and_end(lp, &[udp, sender]);
    });
}
