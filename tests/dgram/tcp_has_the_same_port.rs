//! TCP and UDP have ports of their own: the same number serves both.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use uvox::dgram::{self, BindOptions, SocketOptions};

use crate::common::{Seen, place, program, scenario};

#[test]
fn tcp_has_the_same_port() {
    scenario(|| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let tcp = listener.local_addr().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            let socket = dgram::create_socket(cx, SocketOptions::udp4());
            socket.on_message(cx, move |cx, socket, bytes, rinfo| {
                assert_eq!(rinfo.sender(), Some(tcp));
                record.add(String::from_utf8_lossy(bytes).into_owned());
                socket.close(cx).unwrap();
            });
            let options = BindOptions::port(tcp.port()).address("127.0.0.1");
            socket
                .bind_then(cx, options, move |cx, socket| {
                    assert_eq!(place(cx, socket), tcp);
                    socket.send(cx, "udp", tcp).unwrap();
                })
                .unwrap();
        });
        let mut client = TcpStream::connect(tcp).unwrap();
        client.write_all(b"tcp").unwrap();
        let mut heard = [0; 3];
        listener.accept().unwrap().0.read_exact(&mut heard).unwrap();
        assert_eq!((&heard, seen.all()), (b"tcp", vec!["udp".to_owned()]));
    });
}
