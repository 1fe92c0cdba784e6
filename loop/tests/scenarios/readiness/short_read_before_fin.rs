//! A short read does not clear readability when the end is already there: nobody would announce it again.

use std::io::Write;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use uvox_loop::RunMode;

use super::stream::{Got, Stream};
use super::{settle, until};
use crate::common::{end, new_loop, scenario};

#[test]
fn the_end_that_came_with_the_data() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let (stream, got) = Stream::keeping(&mut lp, ours, 64);
        peer.write_all(b"last words").unwrap();
        peer.shutdown(Shutdown::Write).unwrap();
        until(&mut lp, |_| got.borrow().len() == 2);
        assert_eq!(*got.borrow(), [Got::Data(b"last words".to_vec()), Got::Eof]);
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn the_end_that_came_after_the_data() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let (stream, got) = Stream::keeping(&mut lp, ours, 64);
        peer.write_all(b"last words").unwrap();
        until(&mut lp, |_| got.borrow().len() == 1);
        settle(&mut lp);
        drop(peer);
        until(&mut lp, |_| got.borrow().len() == 2);
        assert_eq!(*got.borrow(), [Got::Data(b"last words".to_vec()), Got::Eof]);
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn the_end_that_came_while_nobody_read() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let (stream, got) = Stream::keeping(&mut lp, ours, 64);
        stream.set_reading(&mut lp, false);
        peer.write_all(b"last words").unwrap();
        settle(&mut lp);
        drop(peer);
        settle(&mut lp);
        assert_eq!(*got.borrow(), []);
        stream.set_reading(&mut lp, true);
        until(&mut lp, |_| got.borrow().len() == 2);
        assert_eq!(*got.borrow(), [Got::Data(b"last words".to_vec()), Got::Eof]);
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
