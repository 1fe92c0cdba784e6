//! A descriptor is registered once; after a read that found nothing, the next data is reported.

use std::io::Write;
use std::os::unix::net::UnixStream;

use uvox_loop::{RunMode, trace};

use super::stream::{Got, Stream};
use super::{registrations, settle, until};
use crate::common::{end, new_loop, scenario};

#[test]
fn reported_again_after_eagain() {
    scenario(|| {
        let mut lp = new_loop();
        let recorder = trace::Recorder::new();
        trace::set(recorder.clone());
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let (stream, got) = Stream::keeping(&mut lp, ours, 4);
        for round in 1..=5 {
            peer.write_all(b"ping").unwrap();
            until(&mut lp, |_| got.borrow().len() == round);
            settle(&mut lp);
            // The chunk was full, so it took another read to find that there was no more.
            assert_eq!(stream.recvs(&lp), 2 * round);
        }
        assert_eq!(*got.borrow(), vec![Got::Data(b"ping".to_vec()); 5]);
        assert_eq!(registrations(&recorder), 1);
        trace::take();
        stream.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
