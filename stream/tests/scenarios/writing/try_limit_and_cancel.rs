//! Writes that are not queued at any price, queues that do not grow beyond a limit, and writes that are taken back.

use bytes::Bytes;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{Seen, close_and_end, drain, scenario, stream_and_peer, until};

#[test]
fn try_write_takes_what_there_is_room_for() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        let flood = vec![3; 1 << 22];
        let taken = stream.try_write(&mut lp, &flood).unwrap();
        assert!(taken > 0 && taken < flood.len(), "{taken}");
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::EAGAIN));
        assert_eq!((stream.write_queue_size(&lp), lp.requests()), (0, 0));
        assert_eq!(drain(&mut peer).len(), taken);

        // A write that is made now waits for the kernel to speak, and whoever tries waits for the write.
        let seen = Seen::new();
        let done = seen.clone();
        stream
            .write(&mut lp, b"first", move |_, _, result| {
                done.add(result.status)
            })
            .unwrap();
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::EAGAIN));
        until(&mut lp, |_| seen.len() == 1);
        assert_eq!(seen.all(), [Ok(())]);
        assert_eq!(stream.try_write(&mut lp, b"second"), Ok(6));
        assert_eq!(drain(&mut peer), b"firstsecond");

        let faults = fault::plan([Fault::new("send", 1, Effect::Fail(Errno::ECONNRESET))]);
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::ECONNRESET));
        assert_eq!(faults.left(), 0);
        stream.shutdown(&mut lp, |_, _, _| ()).unwrap();
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::EPIPE));
        lp.close(stream, |_| ()).unwrap();
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::EBADF));
        close_and_end(lp, &[]);
    });
}

#[test]
fn a_queue_with_a_limit_takes_a_write_whole_or_not() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        let taken = stream.try_write(&mut lp, &vec![0; 1 << 22]).unwrap();
        stream.set_write_queue_limit(&mut lp, Some(10)).unwrap();
        let seen = Seen::new();
        let mut write = |bytes: &'static [u8]| {
            let seen = seen.clone();
            stream.write(&mut lp, bytes, move |_, _, result| {
                assert_eq!(result.status, Ok(()));
                seen.add(result.bytes);
            })
        };
        write(b"123456").unwrap();
        assert_eq!(write(b"12345"), Err(Errno::ENOBUFS));
        write(b"7890").unwrap();
        assert_eq!(write(b"!"), Err(Errno::ENOBUFS));
        write(b"").unwrap();
        let pieces = [Bytes::from_static(b"a")];
        let refused = stream.write_bytes(&mut lp, pieces.clone(), |_, _, _| ());
        assert_eq!(refused, Err(Errno::ENOBUFS));
        assert_eq!((stream.write_queue_size(&lp), lp.requests()), (10, 3));
        stream.set_write_queue_limit(&mut lp, None).unwrap();
        let last = seen.clone();
        stream
            .write_bytes(&mut lp, pieces, move |_, _, result| last.add(result.bytes))
            .unwrap();
        assert_eq!(drain(&mut peer).len(), taken);
        until(&mut lp, |_| seen.len() == 4);
        assert_eq!(seen.all(), [6, 4, 0, 1]);
        assert_eq!(drain(&mut peer), b"1234567890a");
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn a_write_is_taken_back_unless_it_has_begun() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        let seen = Seen::new();
        let mut write = |name: &'static str, bytes: &[u8]| {
            let seen = seen.clone();
            stream
                .write(&mut lp, bytes, move |_, _, result| {
                    seen.add((name, result.status, result.bytes));
                })
                .unwrap()
        };
        let flood = vec![b'f'; 1 << 20];
        let begun = write("begun", &flood);
        let first = write("first", b"first");
        write("second", b"second");
        let third = write("third", b"third");
        let size = stream.write_queue_size(&lp);
        assert_eq!(begun.cancel(&mut lp), Err(Errno::EBUSY));
        first.cancel(&mut lp).unwrap();
        third.cancel(&mut lp).unwrap();
        assert_eq!(third.cancel(&mut lp), Err(Errno::EBUSY));
        assert_eq!((seen.len(), stream.write_queue_size(&lp)), (0, size));
        // They do not wait for the one before them.
        lp.run(RunMode::NoWait).unwrap();
        let cancelled = Err(Errno::ECANCELED);
        let expected = [("first", cancelled, 0), ("third", cancelled, 0)];
        assert_eq!(seen.all(), expected);
        assert_eq!(stream.write_queue_size(&lp), size - 10);
        let mut got = Vec::new();
        while seen.len() < 4 {
            got.extend(drain(&mut peer));
            lp.run(RunMode::NoWait).unwrap();
        }
        got.extend(drain(&mut peer));
        let expected = [("begun", Ok(()), 1 << 20), ("second", Ok(()), 6)];
        assert_eq!(seen.all()[2..], expected);
        assert!(got == [&flood[..], b"second"].concat());
        assert_eq!(begun.cancel(&mut lp), Err(Errno::EBUSY));
        close_and_end(lp, &[stream]);
    });
}
