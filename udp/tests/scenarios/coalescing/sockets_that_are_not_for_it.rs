//! A socket that is opened may be one on which the whole would arrive as one datagram, or one that takes apart whatever it sends: neither is given what would not arrive as it was sent.
#![cfg(any(target_os = "linux", target_os = "android"))]

use std::net::UdpSocket;
use std::os::fd::AsFd;
use std::os::unix::net::UnixDatagram;

use uvox_loop::{Loop, sys};
use uvox_udp::uv::Udp;

use super::{all_of, messages, numbered, took, try_all};
use crate::common::{bound, close_and_end, listen, scenario, until};

#[test]
fn of_unix() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = UnixDatagram::pair().unwrap();
        let [sender, receiver] = [one, other].map(|socket| {
            let udp = Udp::new(&mut lp);
            udp.open(&mut lp, socket).unwrap();
            udp
        });
        let heard = listen(&mut lp, receiver);
        // No more than its queue holds.
        let datagrams = numbered(&[40; 5]);
        let (sent, calls) = messages(|| try_all(&mut lp, sender, &datagrams, None));
        assert_eq!((sent, calls), (Ok(5), took(&[5])));
        until(&mut lp, |_| heard.len() == 5);
        assert_eq!(heard.all(), all_of(&datagrams));
        close_and_end(lp, &[sender, receiver]);
    });
}

#[test]
fn that_take_everything_apart() {
    const SOL_UDP: i32 = 17;
    const UDP_SEGMENT: i32 = 103;
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (receiver, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, receiver);
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        sys::set_option(socket.as_fd(), SOL_UDP, UDP_SEGMENT, 10).unwrap();
        assert_eq!(sys::segment_size(socket.as_fd()), Ok(10));
        let sender = Udp::new(&mut lp);
        sender.open(&mut lp, socket).unwrap();
        let datagrams = numbered(&[15; 3]);
        let (sent, calls) = messages(|| try_all(&mut lp, sender, &datagrams, Some(to)));
        assert_eq!((sent, calls), (Ok(3), took(&[3])));
        until(&mut lp, |_| heard.len() == 6);
        let halves: Vec<Vec<u8>> = datagrams
            .iter()
            .flat_map(|whole| whole.chunks(10).map(<[u8]>::to_vec))
            .collect();
        assert_eq!(heard.all(), all_of(&halves));
        close_and_end(lp, &[sender, receiver]);
    });
}
