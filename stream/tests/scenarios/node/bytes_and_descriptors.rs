//! What a wrap says of itself: its descriptor, how much went through it, whether it keeps the loop alive; and what can be wrapped.

use uvox_loop::{Errno, RunMode};
use uvox_stream::node::{
    Encoding, HandleWrap, HandleWrapState, LibuvStreamWrap, StreamBase, memory_pair,
};
use uvox_stream::uv::Stream;

use super::common::{Over, Seen, TCP, end, keep, over_both, scenario, shutdown, tcp_pair, write};

#[test]
fn only_what_has_a_descriptor_names_it() {
    over_both(|pair| {
        let one = pair.one;
        let fd = one.fd(&pair.lp).unwrap();
        assert_eq!(fd.is_some(), pair.over == Over::Tcp);
        let info = pair.lp.info(one.handle(&pair.lp).unwrap()).unwrap();
        assert_eq!(fd, info.fd);
        let kind = if fd.is_some() { "tcp" } else { "memory" };
        assert_eq!(info.kind, kind);
    });
}

#[test]
fn bytes_are_counted_both_ways() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        assert_eq!(
            (one.bytes_read(&pair.lp), one.bytes_written(&pair.lp)),
            (0, 0)
        );
        let seen = Seen::new();
        let (_, errors) = keep(&mut pair.lp, one);
        other.read_start(&mut pair.lp).unwrap();
        pair.fill(&seen);
        let sent = one.bytes_written(&pair.lp) as usize;
        pair.until_read(other, sent);
        let _ = write(&mut pair.lp, other, b"back", "back", &seen);
        shutdown(&mut pair.lp, other, &seen).unwrap();
        super::common::until(&mut pair.lp, |_| !errors.is_empty());
        // The end does not count.
        assert_eq!(one.bytes_read(&pair.lp), 4);
        assert_eq!(other.bytes_written(&pair.lp), 4);
    });
}

/// It keeps the loop alive while it is read, or something is in flight, also if it is not referenced; by being there, it does not.
#[test]
fn what_keeps_the_loop_alive() {
    over_both(|pair| {
        let one = pair.one;
        assert_eq!(one.has_ref(&pair.lp), Some(true));
        assert!(!pair.lp.run(RunMode::NoWait).unwrap(), "it is only there");
        one.read_start(&mut pair.lp).unwrap();
        assert!(pair.lp.run(RunMode::NoWait).unwrap(), "it is read");
        for _ in 0..2 {
            one.unref(&mut pair.lp).unwrap();
            assert_eq!(one.has_ref(&pair.lp), Some(false));
        }
        assert!(!pair.lp.run(RunMode::NoWait).unwrap(), "not referenced");
        let seen = Seen::new();
        pair.fill(&seen);
        assert!(
            pair.lp.run(RunMode::NoWait).unwrap(),
            "a write is in flight"
        );
        for _ in 0..2 {
            one.ref_(&mut pair.lp).unwrap();
            assert_eq!(one.has_ref(&pair.lp), Some(true));
        }
        one.read_stop(&mut pair.lp).unwrap();
        pair.other.read_start(&mut pair.lp).unwrap();
        super::common::until(&mut pair.lp, |_| !seen.is_empty());
        pair.other.read_stop(&mut pair.lp).unwrap();
        assert!(!pair.lp.run(RunMode::NoWait).unwrap(), "nothing goes on");
        shutdown(&mut pair.lp, one, &seen).unwrap();
        one.unref(&mut pair.lp).unwrap();
        assert!(pair.lp.alive(), "a shutdown is in flight");
        assert!(!pair.lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 2);
    });
}

#[test]
fn what_can_be_wrapped() {
    scenario(|| {
        let lp = &mut uvox_testing::new_loop();
        let stream = Stream::new(lp, &TCP);
        let wrap = LibuvStreamWrap::new(lp, stream).unwrap();
        assert_eq!(wrap.stream(lp), Some(stream));
        assert_eq!(LibuvStreamWrap::new(lp, stream), Err(Errno::EBUSY));
        assert_eq!(HandleWrap::state(wrap, lp), HandleWrapState::Initialised);
        wrap.close(lp, |_| ());
        assert_eq!(wrap.stream(lp), Some(stream));
        let closing = Stream::new(lp, &TCP);
        uvox_testing::close(lp, closing);
        assert_eq!(LibuvStreamWrap::new(lp, closing), Err(Errno::EINVAL));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(wrap.stream(lp), None);
        assert_eq!(wrap.unwrap(lp), None);
        assert_eq!(LibuvStreamWrap::new(lp, stream), Err(Errno::EBADF));
        let (one, other) = memory_pair(lp, 1);
        let end = Stream::from_key(one.handle(lp).unwrap());
        assert_eq!(LibuvStreamWrap::new(lp, end), Err(Errno::EBADF));
        one.close(lp, |_| ());
        other.close(lp, |_| ());
        assert!(!lp.run(RunMode::Default).unwrap());
        let mut left = 0;
        lp.walk(|_, _| left += 1);
        assert_eq!(left, 0);
    });
}

/// What Node says of a handle that has no descriptor yet.
#[test]
fn without_a_descriptor() {
    scenario(|| {
        let mut lp = uvox_testing::new_loop();
        let stream = Stream::new(&mut lp, &TCP);
        let wrap = LibuvStreamWrap::new(&mut lp, stream).unwrap();
        let base: StreamBase = *wrap;
        let seen = Seen::new();
        assert_eq!(wrap.fd(&lp), Ok(None));
        assert_eq!(wrap.has_ref(&lp), Some(true));
        assert_eq!(wrap.read_start(&mut lp), Err(Errno::ENOTCONN));
        assert_eq!(wrap.read_stop(&mut lp), Ok(()));
        assert_eq!(shutdown(&mut lp, base, &seen), Err(Errno::ENOTCONN));
        let never = |_: &mut _, _, _| panic!("a write that failed called back");
        let text = wrap.write_string(&mut lp, "abc", Encoding::Latin1, never);
        assert_eq!((text.err, text.bytes), (Some(Errno::EBADF), 3));
        assert_eq!(wrap.bytes_written(&lp), 0);
        let bytes = write(&mut lp, base, b"1234567", "bytes", &seen);
        assert_eq!((bytes.err, bytes.bytes), (Some(Errno::EBADF), 7));
        assert_eq!(wrap.bytes_written(&lp), 7);
        // It gets one: from now on the wrap is as any other.
        let (ours, theirs) = tcp_pair();
        stream.open(&mut lp, ours.into()).unwrap();
        assert!(wrap.fd(&lp).unwrap().is_some());
        assert_eq!(write(&mut lp, base, b"x", "x", &seen).err, None);
        drop(theirs);
        wrap.close(&mut lp, |_| ());
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
