//! `recv` stops short at the mark of urgent data. What comes after it is read all the same.
//!
//! Not on libkqueue: it does not tell of urgent data, as macOS does, for which it stands in.

use std::io::Write;
use std::net::{TcpListener, TcpStream};

use socket2::SockRef;
use uvox_loop::RunMode;

use super::stream::{Stream, bytes};
use super::until;
use crate::common::{end, new_loop, scenario};

#[test]
#[cfg_attr(
    all(uvox_kqueue, not(feature = "mio")),
    ignore = "libkqueue does not tell of urgent data"
)]
fn urgent_data_hides_nothing() {
    scenario(|| {
        let mut lp = new_loop();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (ours, _) = listener.accept().unwrap();
        peer.set_nodelay(true).unwrap();
        let (stream, got) = Stream::keeping(&mut lp, ours, 64);
        for round in 1..=3 {
            stream.set_reading(&mut lp, false);
            peer.write_all(b"ab").unwrap();
            SockRef::from(&peer).send_out_of_band(b"!").unwrap();
            peer.write_all(b"cd").unwrap();
            stream.set_reading(&mut lp, true);
            // The urgent byte itself is not among them.
            until(&mut lp, |_| bytes(&got.borrow()).len() == 4 * round);
        }
        assert_eq!(bytes(&got.borrow()), b"abcdabcdabcd");
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
