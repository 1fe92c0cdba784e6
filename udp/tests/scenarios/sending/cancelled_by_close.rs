//! A handle that is closed cancels what is queued, in order; what was sent was sent.

use std::net::Ipv4Addr;

use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_udp::uv::Udp;

use crate::common::{Seen, bound, end, scenario};

#[test]
fn cancelled_by_close() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let seen = Seen::new();
        for number in 1..=4 {
            let seen = seen.clone();
            let done = move |cx: &mut Ctx, udp: Udp, status| {
                assert!(cx.is_closing(udp));
                let more = udp.send(cx, b"more", to, |_, _, _| panic!("it is closed"));
                assert_eq!(more, Err(Errno::EINVAL));
                seen.add((number, status));
            };
            udp.send(&mut lp, b"x", to, done).unwrap();
        }
        let closed = seen.clone();
        lp.close(udp, move |_| closed.add((0, Ok(())))).unwrap();
        assert_eq!(udp.send_queue_count(&lp), 4);
        assert!(seen.is_empty(), "told from inside a call");
        assert!(!lp.run(RunMode::Default).unwrap());
        let cancelled = Err(Errno::ECANCELED);
        assert_eq!(
            seen.all(),
            [
                (1, Ok(())),
                (2, cancelled),
                (3, cancelled),
                (4, cancelled),
                (0, Ok(()))
            ]
        );
        end(lp);
    });
}

/// In the callback of a send: the others are cancelled unless they went out with it.
#[test]
fn in_the_callback() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let seen = Seen::new();
        let told = seen.clone();
        udp.send(&mut lp, b"first", to, move |cx, udp, status| {
            told.add(("first", status));
            let queued = told.clone();
            udp.send(cx, b"queued", to, move |_, _, status| {
                queued.add(("queued", status))
            })
            .unwrap();
            let closed = told.clone();
            cx.close(udp, move |_| closed.add(("closed", Ok(()))))
                .unwrap();
        })
        .unwrap();
        let second = seen.clone();
        udp.send(&mut lp, b"second", to, move |_, _, status| {
            second.add(("second", status))
        })
        .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(
            seen.all(),
            [
                ("first", Ok(())),
                ("second", Ok(())),
                ("queued", Err(Errno::ECANCELED)),
                ("closed", Ok(()))
            ]
        );
        end(lp);
    });
}
