//! After the kernel refused a queued write, the next one is tried again and hears of the error, too: none waits for a kernel that has
//! nothing more to say.

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Ctx, Errno, Loop};
use uvox_stream::uv::{Stream, Written};

use crate::common::{Seen, close_and_end, drain, scenario, stream_and_peer, until};

type Record = Seen<(u32, Result<(), Errno>)>;

fn noting(seen: &Record, number: u32) -> impl FnOnce(&mut Ctx, Stream, Written) + 'static {
    let seen = seen.clone();
    move |_, _, written| seen.add((number, written.status))
}

/// A stream whose first write, number 1, stands in the queue in part.
fn flooded(lp: &mut Loop, seen: &Record) -> (Stream, std::os::unix::net::UnixStream) {
    let (stream, peer) = stream_and_peer(lp);
    let flood = vec![1; 1 << 22];
    stream.write(lp, &flood, noting(seen, 1)).unwrap();
    assert!(stream.write_queue_size(lp) > 0, "the kernel took it all");
    (stream, peer)
}

#[test]
fn an_error_is_told_to_each_later_write() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Record::new();
        let (stream, mut peer) = flooded(&mut lp, &seen);
        let faults = fault::plan([
            Fault::new("send", 1, Effect::Fail(Errno::ETIMEDOUT)),
            Fault::new("send", 2, Effect::Fail(Errno::EPIPE)),
        ]);
        drain(&mut peer);
        until(&mut lp, |_| seen.len() == 1);
        // Nothing is queued: this one is tried at once.
        stream.write(&mut lp, b"x", noting(&seen, 2)).unwrap();
        until(&mut lp, |_| seen.len() == 2);
        assert_eq!(faults.left(), 0);
        let expected = [(1, Err(Errno::ETIMEDOUT)), (2, Err(Errno::EPIPE))];
        assert_eq!(seen.all(), expected);
        assert_eq!((stream.write_queue_size(&lp), lp.requests()), (0, 0));
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn those_queued_behind_wait_for_a_close_or_another_write() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Record::new();
        let (stream, mut peer) = flooded(&mut lp, &seen);
        for number in 2..=3 {
            stream
                .write(&mut lp, b"behind", noting(&seen, number))
                .unwrap();
        }
        let faults = fault::plan([
            Fault::new("sendmsg", 1, Effect::Fail(Errno::ETIMEDOUT)),
            Fault::new("sendmsg", 2, Effect::Fail(Errno::EPIPE)),
        ]);
        drain(&mut peer);
        until(&mut lp, |_| seen.len() == 1);
        // The kernel speaks again, but nobody is asked before the user says what is to become of it.
        drain(&mut peer);
        lp.run(uvox_loop::RunMode::NoWait).unwrap();
        assert_eq!((faults.left(), seen.len()), (1, 1));
        stream.write(&mut lp, b"last", noting(&seen, 4)).unwrap();
        until(&mut lp, |_| seen.len() == 2);
        assert_eq!(faults.left(), 0);
        let closed = seen.clone();
        lp.close(stream, move |_| closed.add((0, Ok(())))).unwrap();
        until(&mut lp, |_| seen.len() == 5);
        let expected = [
            (1, Err(Errno::ETIMEDOUT)),
            (2, Err(Errno::EPIPE)),
            (3, Err(Errno::ECANCELED)),
            (4, Err(Errno::ECANCELED)),
            (0, Ok(())),
        ];
        assert_eq!(seen.all(), expected);
        close_and_end(lp, &[]);
    });
}
