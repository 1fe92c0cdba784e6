//! A read that gets less than it asked for has emptied the socket: no second read is made to find that out.

use std::io::Write;
use std::os::unix::net::UnixStream;

use uvox_loop::{Ready, RunMode};

use super::stream::{Got, Stream};
use super::{settle, until};
use crate::common::{end, new_loop, scenario};

#[test]
fn short_read_clears_readability() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let (stream, got) = Stream::keeping(&mut lp, ours, 64);
        for round in 1..=3 {
            peer.write_all(b"hello").unwrap();
            until(&mut lp, |_| got.borrow().len() == round);
            settle(&mut lp);
            assert!(!stream.ready(&mut lp).intersects(Ready::READABLE));
            // Where the system does not tell of urgent data, a short read proves nothing, and a second one is made.
            let told = !cfg!(any(target_os = "freebsd", target_os = "netbsd"));
            assert_eq!(stream.recvs(&lp), if told { round } else { 2 * round });
        }
        assert_eq!(*got.borrow(), vec![Got::Data(b"hello".to_vec()); 3]);
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
