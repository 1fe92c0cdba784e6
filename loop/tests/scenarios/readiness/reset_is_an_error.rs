//! A connection that the peer resets ends with an error, not with an end of file.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use socket2::SockRef;
use uvox_loop::{Errno, RunMode};

use super::stream::{Got, Stream};
use super::{settle, until};
use crate::common::{end, new_loop, scenario};

#[test]
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
        assert_eq!(*got.borrow(), [Got::Failed(Errno::ECONNRESET)]);
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
