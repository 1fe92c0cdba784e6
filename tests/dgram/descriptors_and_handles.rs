//! A descriptor or a wrap that is there already becomes the socket's, if it is one for datagrams; else the socket stays unbound.

use std::net::{TcpListener, UdpSocket};

use uvox::dgram::{self, BindOptions, SocketOptions};
use uvox::udp::node::UdpWrap;

use crate::common::{Seen, place, program, scenario};

#[test]
fn descriptors_and_handles() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        let theirs = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = theirs.local_addr().unwrap();
        program(|cx| {
            let socket = dgram::create_socket(cx, SocketOptions::udp4());
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let refused = socket.bind(cx, BindOptions::fd(listener)).unwrap_err();
            assert_eq!(refused.to_string(), "Unsupported fd type: TCP");
            assert_eq!(refused.code(), "ERR_INVALID_FD_TYPE");
            let file = std::fs::File::open("/dev/null").unwrap();
            assert_eq!(
                socket.bind(cx, BindOptions::fd(file)).unwrap_err().code(),
                "ERR_INVALID_FD_TYPE"
            );
            let gone = UdpWrap::new(cx);
            gone.close(cx, |_| ());
            let refused = socket.bind(cx, BindOptions::handle(gone)).unwrap_err();
            assert_eq!(refused.to_string(), "open EBADF");
            let refused = socket.bind(cx, BindOptions::port(65_536)).unwrap_err();
            let words = "options.port should be >= 0 and < 65536. Received type number (65536).";
            assert_eq!(
                (refused.code(), refused.to_string()),
                ("ERR_SOCKET_BAD_PORT", words.to_owned())
            );
            socket.on_message(cx, move |cx, socket, bytes, _| {
                record.add(bytes.len());
                if record.len() == 2 {
                    socket.close(cx).unwrap();
                }
            });
            socket.bind(cx, BindOptions::fd(theirs)).unwrap();
            assert_eq!(
                socket.bind(cx, 0).unwrap_err().code(),
                "ERR_SOCKET_ALREADY_BOUND"
            );
            assert_eq!(place(cx, socket), address);
            socket.send(cx, "four", address).unwrap();
            let wrap = UdpWrap::new(cx);
            wrap.bind(cx, "127.0.0.1", 0, 0).unwrap();
            let other = dgram::create_socket(cx, SocketOptions::udp4());
            other.bind(cx, BindOptions::handle(wrap)).unwrap();
            assert_eq!(other.wrap(cx), Some(wrap));
            other
                .send_then(cx, "seven..", address, move |cx, sent| {
                    assert_eq!(sent.unwrap(), 7);
                    other.close(cx).unwrap();
                })
                .unwrap();
        });
        assert_eq!(seen.all(), [4, 7]);
    });
}
