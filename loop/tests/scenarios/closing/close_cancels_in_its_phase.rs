//! A handle type with requests cancels them in `on_close`: after `close` returned, in the closing phase, before the user's close
//! callback, while the state still resolves. The request's callback may close its own handle again, and others.

use uvox_loop::{Callback, Ctx, Errno, Handle, Kind, Phase, RunMode, State, Timer};

use crate::common::{Seen, end, new_loop, scenario};

/// A handle with one request.
struct Requester {
    done: Callback<OnDone>,
}

type OnDone = dyn FnMut(&mut Ctx, Handle<Requester>);

static REQUESTER: Kind<Requester> = Kind::new("requester").on_close(|cx, key| {
    cx.end_request().unwrap();
    let handle = Handle::from_key(key);
    cx.call(
        handle,
        |requester: &mut Requester| &mut requester.done,
        |done, cx| done(cx, handle),
    );
});

impl State for Requester {
    const KIND: &'static Kind<Requester> = &REQUESTER;
}

#[test]
fn close_cancels_in_its_phase() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let other = Timer::new(&mut lp);
        let (done, other_closed) = (seen.clone(), seen.clone());
        let mut other_closed = Some(other_closed);
        let handle = lp.insert(Requester {
            done: Callback::Set(Box::new(move |cx, handle| {
                assert_eq!(cx.phase(), Phase::Closing);
                done.add("done");
                assert!(cx.is_closing(handle) && cx.info(handle).is_some());
                assert_eq!(cx.close(handle, |_| ()), Err(Errno::EALREADY));
                assert_eq!(cx.feed(handle), Err(Errno::EINVAL));
                let closed = other_closed.take().unwrap();
                cx.close(other, move |_| closed.add("other closed"))
                    .unwrap();
            })),
        });
        lp.begin_request();
        let closed = seen.clone();
        lp.close(handle, move |_| closed.add("closed")).unwrap();
        assert_eq!(seen.len(), 0, "close is a leaf");
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["done", "closed", "other closed"]);
        assert_eq!(lp.requests(), 0);
        end(lp);
    });
}
