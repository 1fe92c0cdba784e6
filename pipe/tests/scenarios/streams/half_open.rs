//! Each direction has its own end: after the peer's we can still write, after ours we can still read; and the end waits for what is queued.

use uvox_loop::{Errno, Loop, RunMode};
use uvox_pipe::uv::Pipe;

use crate::common::{close_and_end, keep_reading, scenario, until};

#[test]
fn half_open_both_ways() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = Pipe::pair(&mut lp).unwrap();
        let (bytes, errors) = keep_reading(&mut lp, *other);
        one.write(&mut lp, b"last words", |_, _, _| ()).unwrap();
        one.shutdown(&mut lp, |_, _, result| assert_eq!(result, Ok(())))
            .unwrap();
        assert_eq!(one.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EPIPE));
        assert_eq!(one.shutdown(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
        until(&mut lp, |_| errors.len() == 1);
        assert_eq!(
            (bytes.all(), errors.all()),
            (b"last words".to_vec(), vec![Errno::EOF])
        );
        assert!(!other.is_reading(&lp) && other.is_writable(&lp));
        // The other way it is open still.
        let (bytes, errors) = keep_reading(&mut lp, *one);
        for round in 1..=3 {
            other.write(&mut lp, b"answer", |_, _, _| ()).unwrap();
            until(&mut lp, |_| bytes.len() == 6 * round);
        }
        other.shutdown(&mut lp, |_, _, _| ()).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(errors.all(), [Errno::EOF]);
        close_and_end(lp, &[one, other]);
    });
}

/// EOF comes while much is queued the other way: all of it arrives.
#[test]
fn the_end_of_one_direction_with_the_other_full() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = Pipe::pair(&mut lp).unwrap();
        let (_, errors) = keep_reading(&mut lp, *one);
        let flood: Vec<u8> = (0..1 << 22).map(|i| (i % 249) as u8).collect();
        one.write(&mut lp, &flood, |_, _, written| {
            assert_eq!(written.status, Ok(()))
        })
        .unwrap();
        one.shutdown(&mut lp, |_, _, result| assert_eq!(result, Ok(())))
            .unwrap();
        other
            .shutdown(&mut lp, |_, _, result| assert_eq!(result, Ok(())))
            .unwrap();
        until(&mut lp, |_| errors.len() == 1);
        assert_eq!(errors.all(), [Errno::EOF]);
        assert!(one.write_queue_size(&lp) > 0);
        let (bytes, errors) = keep_reading(&mut lp, *other);
        until(&mut lp, |_| errors.len() == 1);
        assert!(bytes.all() == flood);
        assert_eq!(errors.all(), [Errno::EOF]);
        close_and_end(lp, &[one, other]);
    });
}
