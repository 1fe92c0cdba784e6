//! The trace has the system calls, with descriptor and result, those that fail too.

use std::os::fd::AsRawFd;
use std::os::unix::net::UnixStream;

use uvox_loop::trace::{self, Event, Layer, Outcome, Recorder, Value};
use uvox_loop::{Errno, Interest, Poll, RunMode};

use crate::common::{close_all, end, fed, new_loop, scenario};

#[test]
fn system_calls_and_their_results() {
    scenario(|| {
        let mut lp = new_loop();
        let (one, other) = UnixStream::pair().unwrap();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let calls = || -> Vec<Event> {
            let events = recorder.events();
            recorder.clear();
            events
                .into_iter()
                .filter(|e| e.layer == Layer::Sys)
                .collect()
        };

        let poll = Poll::new(&mut lp, &one).unwrap();
        let made = calls();
        assert_eq!(made[0].name, "fcntl", "its flags are read");
        assert_eq!(made[0].args, [("fd", Value::Int(one.as_raw_fd().into()))]);
        assert!(matches!(made[0].result, Outcome::Done(flags) if flags > 0));

        let handle = fed(&mut lp, |_, _| ());
        lp.set_descriptor(handle, other.into()).unwrap();
        poll.start(&mut lp, Interest::WRITABLE, |_, _, _| ())
            .unwrap();
        let registered = calls();
        assert!(!registered.is_empty(), "the descriptor was registered");
        for call in &registered {
            assert!(matches!(call.result, Outcome::Done(_)), "{call}");
        }

        let twice = Poll::new(&mut lp, &one).unwrap();
        calls();
        let error = twice.start(&mut lp, Interest::WRITABLE, |_, _, _| ());
        assert_eq!(error, Err(Errno::EEXIST));
        if lp.backend_name() == "epoll" {
            let failed = &calls()[0];
            assert_eq!(
                (failed.name, failed.result),
                ("epoll_ctl", Outcome::Failed(Errno::EEXIST))
            );
            assert!(failed.to_string().ends_with("= EEXIST"), "{failed}");

            lp.run(RunMode::NoWait).unwrap();
            let waited = &calls()[0];
            assert_eq!(
                (waited.name, waited.result),
                ("epoll_wait", Outcome::Done(1))
            );
        }

        calls();
        lp.close(handle, |_| ()).unwrap();
        let closed = calls();
        assert_eq!(closed.last().unwrap().name, "close");
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        trace::take();
        end(lp);
    });
}
