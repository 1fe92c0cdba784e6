//! The error of a send says where it was to go, also if no address was named.

use uvox::dgram::{self, SocketOptions};
use uvox::event_loop::Errno;

use crate::common::{Seen, program, scenario};

#[test]
fn errors_say_where_to() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            let socket = dgram::create_socket(cx, SocketOptions::udp4());
            let told = record.clone();
            let too_long = vec![7; 65_508];
            let first = move |_: &mut _, sent: Result<usize, uvox::Error>| {
                let error = sent.unwrap_err();
                assert_eq!(
                    (error.errno(), error.port()),
                    (Some(Errno::EMSGSIZE), Some(9))
                );
                told.add(error.to_string());
            };
            socket.send_then(cx, too_long.clone(), 9, first).unwrap();
            let second = move |cx: &mut _, sent: Result<usize, uvox::Error>| {
                record.add(sent.unwrap_err().to_string());
                socket.close(cx).unwrap();
            };
            socket
                .send_then(cx, too_long, (9, "127.0.0.2"), second)
                .unwrap();
        });
        let expected = ["send EMSGSIZE 127.0.0.1:9", "send EMSGSIZE 127.0.0.2:9"];
        assert_eq!(seen.all(), expected);
    });
}
