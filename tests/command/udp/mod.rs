mod echo;
mod nc;
#[cfg(not(target_os = "netbsd"))]
mod nc_terminal;
mod nc_what_goes_wrong;

use std::net::UdpSocket;

/// A socket on a port of its own, and that port.
fn peer() -> (UdpSocket, String) {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = peer.local_addr().unwrap().port().to_string();
    (peer, port)
}

/// The next datagram, and what answers to it.
fn receive(peer: &UdpSocket) -> (Vec<u8>, impl Fn(&[u8])) {
    let mut bytes = vec![0; 65_536];
    let (length, from) = peer.recv_from(&mut bytes).unwrap();
    bytes.truncate(length);
    let answer = move |bytes: &[u8]| {
        assert_eq!(peer.send_to(bytes, from).unwrap(), bytes.len());
    };
    (bytes, answer)
}
