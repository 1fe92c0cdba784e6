//! TCP and UDP each have the port of the same number, and neither hears of the other.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use uvox_loop::Loop;
use uvox_udp::uv::{BindFlags, Udp};

use crate::common::{close_and_end, hosts, listen, ok, scenario, texts, until};

#[test]
fn tcp_on_the_same_port() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let udp = Udp::new(&mut lp);
            // Somebody else's socket may have the port that TCP was given; then another will do.
            let tcp = loop {
                let tcp = TcpListener::bind((host, 0)).unwrap();
                let address = tcp.local_addr().unwrap();
                if udp.bind(&mut lp, address, BindFlags::NONE).is_ok() {
                    break tcp;
                }
            };
            let address = tcp.local_addr().unwrap();
            assert_eq!(udp.getsockname(&mut lp), Ok(address));
            let heard = listen(&mut lp, udp);
            let mut client = TcpStream::connect(address).unwrap();
            let (mut peer, _) = tcp.accept().unwrap();
            client.write_all(b"stream").unwrap();
            udp.send(&mut lp, b"datagram", address, ok).unwrap();
            until(&mut lp, |_| heard.len() == 1);
            let mut bytes = [0; 6];
            peer.read_exact(&mut bytes).unwrap();
            assert_eq!(&bytes, b"stream");
            assert_eq!(heard.all(), texts(&["datagram"]));
            close_and_end(lp, &[udp]);
        }
    });
}
