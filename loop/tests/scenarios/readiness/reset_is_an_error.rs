//! A connection that the peer resets ends with an error, not with an end of file.
//!
//! Not on libkqueue: in order to report the error it takes it off the socket, so that no read can find it.

use std::io::ErrorKind;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use socket2::SockRef;
use uvox_loop::RunMode;

use super::stream::{Got, Stream};
use super::{settle, until};
use crate::common::{end, new_loop, scenario};

#[test]
#[cfg_attr(
    all(uvox_kqueue, not(feature = "mio")),
    ignore = "libkqueue clears the error that it reports"
)]
fn reset_is_an_error() {
    scenario(|| {
        let mut lp = new_loop();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let peer = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (ours, _) = listener.accept().unwrap();
        let (stream, got) = Stream::keeping(&mut lp, ours, 64);
        settle(&mut lp);
        // To close without lingering is to reset.
        SockRef::from(&peer)
            .set_linger(Some(Duration::ZERO))
            .unwrap();
        drop(peer);
        until(&mut lp, |_| !got.borrow().is_empty());
        assert_eq!(*got.borrow(), [Got::Failed(ErrorKind::ConnectionReset)]);
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
