//! Whatever the kernel answers to `splice`, at whichever call: all arrives, or is handed out, and the rest is still with the source.

use std::io::Write;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::uv::{SpliceEnd, Spliced, Stream};

use super::{Both, Tcp, ended, pattern, read_all, read_now};
use crate::common::{Seen, close_and_end, scenario, until};

const PIECES: usize = 6;
const PIECE: usize = 1_000;

/// What is left in a source, to its end.
fn left_in(lp: &mut Loop, source: Stream) -> Vec<u8> {
    let seen = Seen::new();
    let record = seen.clone();
    source
        .read_start(lp, move |_, _, got| record.add(got.map(<[u8]>::to_vec)))
        .unwrap();
    until(lp, |_| seen.all().contains(&Err(Errno::EOF)));
    seen.all().into_iter().flatten().flatten().collect()
}

/// The calls come in threes: one takes, one gives, one finds nothing more.
#[test]
fn faults_that_pass() {
    let effects = [
        Effect::Fail(Errno::EINTR),
        Effect::Fail(Errno::EAGAIN),
        Effect::Short(1),
        Effect::Short(7),
        Effect::Short(999),
    ];
    scenario(|| {
        for effect in effects {
            for nth in 1..=12 {
                let mut lp = Loop::new().unwrap();
                let both: Tcp = Both::new(&mut lp);
                let seen = both.splice(&mut lp);
                let faults = fault::plan([Fault::new("splice", nth, effect)]);
                let mut sent = 0;
                let Both {
                    source,
                    sink,
                    mut from,
                    mut to,
                } = both;
                let mut got = Vec::new();
                for _ in 0..PIECES + 2 {
                    from.write_all(&pattern(sent..sent + PIECE)).unwrap();
                    sent += PIECE;
                    until(&mut lp, |cx| {
                        let given = sink.splice_counts(cx).unwrap().given;
                        faults.left() == 0 || given == sent as u64
                    });
                    got.extend(read_now(&mut to));
                }
                assert_eq!(faults.left(), 0, "{effect:?} {nth}");
                // Of a sink that was not believed to have room the kernel speaks again when anything happens to it.
                to.write_all(b"x").unwrap();
                got.extend(read_all(&mut lp, &mut to, sent - got.len()));
                assert!(got == pattern(0..sent), "{effect:?} {nth}");
                drop(from);
                until(&mut lp, |_| !seen.is_empty());
                assert_eq!(seen.all(), [ended(SpliceEnd::Eof, sent)]);
                close_and_end(lp, &[source, sink]);
            }
        }
    });
}

/// The kernel cannot, from the first call on or later: nothing is lost, and both streams are well.
#[test]
fn faults_that_say_no() {
    scenario(|| {
        for errno in [Errno::EINVAL, Errno::ENOSYS, Errno::EOPNOTSUPP] {
            for nth in 1..=6 {
                let mut lp = Loop::new().unwrap();
                let both: Tcp = Both::new(&mut lp);
                let seen = both.splice(&mut lp);
                let faults = fault::plan([Fault::new("splice", nth, Effect::Fail(errno))]);
                let Both {
                    source,
                    sink,
                    mut from,
                    mut to,
                } = both;
                let mut sent = 0;
                while faults.left() > 0 {
                    from.write_all(&pattern(sent..sent + PIECE)).unwrap();
                    sent += PIECE;
                    until(&mut lp, |cx| {
                        let counts = sink.splice_counts(cx);
                        faults.left() == 0 || counts.unwrap().given == sent as u64
                    });
                }
                until(&mut lp, |_| !seen.is_empty());
                from.write_all(&pattern(sent..sent + PIECE)).unwrap();
                sent += PIECE;
                drop(from);
                let Spliced { end, bytes, rest } = seen.all().remove(0);
                assert_eq!(end, SpliceEnd::Unsupported(errno));
                assert_eq!(rest.is_empty(), nth % 3 != 2, "{nth}");
                assert!(source.is_readable(&lp) && sink.is_writable(&lp));
                // By copying.
                sink.write_bytes(&mut lp, [rest.clone()], |_, _, _| ())
                    .unwrap();
                let left = left_in(&mut lp, source);
                assert_eq!(bytes as usize + rest.len() + left.len(), sent);
                sink.write(&mut lp, &left, |_, _, _| ()).unwrap();
                assert!(read_all(&mut lp, &mut to, sent) == pattern(0..sent));
                close_and_end(lp, &[source, sink]);
            }
        }
    });
}

/// `ECONNRESET`: of the source, if it was to be taken, of the sink, if it was to be given.
#[test]
fn faults_that_last() {
    scenario(|| {
        for nth in 1..=6 {
            let mut lp = Loop::new().unwrap();
            let both: Tcp = Both::new(&mut lp);
            let seen = both.splice(&mut lp);
            let fail = Effect::Fail(Errno::ECONNRESET);
            let faults = fault::plan([Fault::new("splice", nth, fail)]);
            let Both {
                source,
                sink,
                mut from,
                mut to,
            } = both;
            let mut sent = 0;
            while seen.is_empty() {
                from.write_all(&pattern(sent..sent + PIECE)).unwrap();
                sent += PIECE;
                until(&mut lp, |cx| {
                    let counts = sink.splice_counts(cx);
                    !seen.is_empty() || counts.is_some_and(|counts| counts.given == sent as u64)
                });
            }
            assert_eq!(faults.left(), 0);
            let Spliced { end, bytes, rest } = seen.all().remove(0);
            let giving = nth % 3 == 2;
            if giving {
                assert_eq!(end, SpliceEnd::Sink(Errno::ECONNRESET));
                assert!(rest == pattern(sent - PIECE..sent));
                assert!(source.is_readable(&lp));
            } else {
                assert_eq!(end, SpliceEnd::Source(Errno::ECONNRESET));
                assert!(rest.is_empty() && !source.is_readable(&lp));
            }
            let given = bytes as usize;
            assert!(read_now(&mut to) == pattern(0..given));
            close_and_end(lp, &[source, sink]);
        }
    });
}

/// There is no descriptor for the pipe: nothing has begun.
#[test]
fn no_pipe() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let Both {
            source,
            sink,
            from: _from,
            to: _to,
        }: Tcp = Both::new(&mut lp);
        for name in ["pipe2", "pipe"] {
            let faults = fault::plan([Fault::new(name, 1, Effect::Fail(Errno::EMFILE))]);
            let started = source.splice_to(&mut lp, sink, |_, _, _| panic!("called"));
            if faults.left() == 0 {
                assert_eq!(started, Err(Errno::EMFILE));
                assert!(!source.is_splicing(&lp) && !lp.is_active(source));
                assert_eq!(sink.splice_counts(&lp), None);
                assert!(!lp.run(RunMode::Default).unwrap());
                return close_and_end(lp, &[source, sink]);
            }
        }
        panic!("no pipe was made");
    });
}
