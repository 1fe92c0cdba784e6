//! The kernel gives a closed descriptor's number to the next one that is opened. What it said of the old one in the same turn
//! does not reach the new one.

use std::cell::Cell;
use std::io::Write;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::rc::Rc;

use uvox_loop::{Ready, RunMode};

use super::probe::Probe;
use super::settle;
use super::stream::Stream;
use crate::common::{end, new_loop, scenario};

#[test]
fn reused_number_gets_no_stale_event() {
    scenario(|| {
        let mut lp = new_loop();
        let born = Rc::new(Cell::new(None));
        // Both are readable in one turn. Whichever is called first closes the other, and its number is used again.
        let streams: Rc<Cell<[Option<Stream>; 2]>> = Rc::default();
        let mut made = [None; 2];
        let mut peers = Vec::new();
        for (i, place) in made.iter_mut().enumerate() {
            let (mut peer, ours) = UnixStream::pair().unwrap();
            peer.write_all(b"x").unwrap();
            peers.push(peer);
            let (born, streams) = (born.clone(), streams.clone());
            *place = Some(Stream::new(&mut lp, ours, 64, move |cx, stream, _| {
                let other = streams.get()[1 - i].unwrap();
                let number = cx.info(other).unwrap().fd.unwrap();
                other.close(cx);
                let (a, b) = UnixStream::pair().unwrap();
                let (reused, kept) = if a.as_raw_fd() == number {
                    (a, b)
                } else {
                    (b, a)
                };
                assert_eq!(reused.as_raw_fd(), number);
                let probe = Probe::new(cx, OwnedFd::from(reused));
                born.set(Some((probe, kept)));
                stream.close(cx);
            }));
        }
        streams.set(made);
        settle(&mut lp);
        let (probe, mut peer) = born.take().unwrap();
        // It can be written to. The data was the old one's.
        assert_eq!(probe.said(&mut lp), Ready::WRITABLE);
        peer.write_all(b"x").unwrap();
        settle(&mut lp);
        assert!(probe.said(&mut lp).contains(Ready::READABLE));
        probe.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
