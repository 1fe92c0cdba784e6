//! A wrap passes descriptors along with bytes: such a write is asynchronous, and comes up through the listeners like any other.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use uvox_loop::{Errno, RunMode};
use uvox_stream::node::{HandleWrap, LibuvStreamWrap, StreamBase};
use uvox_stream::uv::{Passed, Stream};

use super::common::{Seen, TCP, end, keep, over_both, scenario, until};
use super::watcher::{Heard, Watcher};

#[test]
fn a_write_with_a_descriptor() {
    scenario(|| {
        let mut lp = uvox_testing::new_loop();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let [ours, theirs] = [ours, theirs].map(|socket| {
            let stream = Stream::from_socket(&mut lp, &TCP, socket.into()).unwrap();
            stream.pass_descriptors(&mut lp).unwrap();
            LibuvStreamWrap::new(&mut lp, stream).unwrap()
        });
        let heard = Seen::new();
        let hear = heard.clone();
        ours.push_listener(&mut lp, Watcher::new(move |_, _, what| hear.add(what)))
            .unwrap();
        let (data, _) = keep(&mut lp, *theirs);
        let (passed, _kept) = UnixStream::pair().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let done = move |_: &mut _, base: StreamBase, status: Result<(), Errno>| {
            assert_eq!(base, *ours);
            record.add(status);
        };
        let handles = [Passed::Borrowed(passed.as_fd())];
        let result = ours.write2(&mut lp, b"with it", handles, done);
        assert!(result.is_async && result.wrap.is_some());
        assert_eq!((result.err, result.bytes), (None, 7));
        assert_eq!(ours.bytes_written(&lp), 7);
        assert!(seen.is_empty(), "told from inside a call");
        until(&mut lp, |_| seen.len() == 1 && data.len() == 7);
        assert_eq!(seen.all(), [Ok(())]);
        assert_eq!(heard.take(), [Heard::AfterWrite]);
        let stream = theirs.stream(&lp).unwrap();
        assert_eq!(stream.pending_count(&lp), 1);
        drop(stream.take_pending(&mut lp).unwrap());
        for wrap in [ours, theirs] {
            wrap.close(&mut lp, |_| ());
        }
        let handles = [Passed::Borrowed(passed.as_fd())];
        let refused = ours.write2(&mut lp, b"late", handles, |_, _, _| panic!("told"));
        assert_eq!((refused.err, refused.bytes), (Some(Errno::EBADF), 4));
        assert!(!lp.run(RunMode::Default).unwrap());
        let handles = [Passed::Borrowed(passed.as_fd())];
        let gone = ours.write2(&mut lp, b"late", handles, |_, _, _| panic!("told"));
        assert_eq!((gone.err, gone.bytes), (Some(Errno::EBADF), 0));
        end(lp);
    });
}

/// What was not made for it refuses it.
#[test]
fn not_made_for_it() {
    over_both(|pair| {
        let stream = Stream::from_key(pair.one.handle(&pair.lp).unwrap());
        let again = LibuvStreamWrap::new(&mut pair.lp, stream);
        assert!(matches!(again, Err(Errno::EBUSY | Errno::EBADF)));
    });
    scenario(|| {
        let mut lp = uvox_testing::new_loop();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let stream = Stream::from_socket(&mut lp, &TCP, ours.into()).unwrap();
        let wrap = LibuvStreamWrap::new(&mut lp, stream).unwrap();
        let handles = [Passed::Borrowed(theirs.as_fd())];
        let refused = wrap.write2(&mut lp, b"x", handles, |_, _, _| panic!("told"));
        assert_eq!(
            (refused.err, refused.is_async),
            (Some(Errno::EINVAL), false)
        );
        wrap.close(&mut lp, |_| ());
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
