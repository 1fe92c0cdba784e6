//! A pipe is closed with everything pending, descriptors to be passed among it: each is told, in order, before the close callback, and nothing after it.

use uvox_loop::{Errno, Loop, Phase, RunMode};

use crate::common::{Seen, end, ipc_pair, scenario};

#[test]
fn cancelled_in_order() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = ipc_pair(&mut lp);
        let seen = Seen::new();
        for number in 0..4 {
            let record = seen.clone();
            let (reader, _) = uvox_loop::sys::pipe().unwrap();
            one.write2(
                &mut lp,
                &vec![number; 1 << 21],
                [reader.into()],
                move |cx, stream, written| {
                    assert_eq!(cx.phase(), Phase::Closing);
                    let refused = stream.write2(cx, b"x", [stream.into()], |_, _, _| ());
                    assert_eq!(refused, Err(Errno::EBADF));
                    assert!(stream.take_pending(cx).is_none());
                    record.add(("written", written.status));
                },
            )
            .unwrap();
        }
        let record = seen.clone();
        one.shutdown(&mut lp, move |_, _, result| record.add(("shut", result)))
            .unwrap();
        let record = seen.clone();
        lp.close(one, move |cx| {
            assert_eq!(cx.requests(), 0);
            record.add(("closed", Ok(())));
        })
        .unwrap();
        lp.close(other, |_| ()).unwrap();
        assert!(seen.is_empty(), "a callback was called from a call");
        assert!(!lp.run(RunMode::Default).unwrap());
        let cancelled = Err(Errno::ECANCELED);
        let mut expected = vec![("written", cancelled); 4];
        expected.extend([("shut", cancelled), ("closed", Ok(()))]);
        assert_eq!(seen.all(), expected);
        end(lp);
    });
}
