//! Urgent data on a TCP socket is reported to whom it concerns.

use std::io::Read;
use std::net::{TcpListener, TcpStream};

use socket2::SockRef;
use uvox_loop::{Interest, Poll, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
#[cfg_attr(
    all(uvox_kqueue, not(feature = "mio")),
    ignore = "libkqueue does not tell of urgent data"
)]
fn urgent_data() {
    scenario(|| {
        let mut lp = new_loop();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (mut theirs, _) = listener.accept().unwrap();
        let seen = Seen::new();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        let events = seen.clone();
        poll.start(
            &mut lp,
            Interest::READABLE | Interest::PRIORITIZED,
            move |cx, _, result| {
                let events_now = result.unwrap();
                events.add(events_now);
                if events_now.contains(Interest::READABLE) {
                    cx.stop();
                }
            },
        )
        .unwrap();
        let socket = SockRef::from(&ours);
        assert_eq!(socket.send_out_of_band(b"!").unwrap(), 1);
        // The plain data behind it is what ends the run.
        assert_eq!(socket.send(b"plain").unwrap(), 5);
        assert!(lp.run(RunMode::Default).unwrap());
        let last = seen.all().last().copied().unwrap();
        assert!(
            last.contains(Interest::READABLE | Interest::PRIORITIZED),
            "{:?}",
            seen.all()
        );

        let mut urgent = [std::mem::MaybeUninit::uninit()];
        assert_eq!(
            SockRef::from(&theirs)
                .recv_out_of_band(&mut urgent)
                .unwrap(),
            1
        );
        let mut plain = [0; 16];
        assert_eq!(theirs.read(&mut plain).unwrap(), 5);
        assert_eq!(&plain[..5], b"plain");
        seen.take();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.all(), [], "all was read");
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
