//! The peer shuts its sending side, then closes: `DISCONNECT` says so, and a hang-up reports all that was asked for.

use std::net::{Shutdown, TcpListener, TcpStream};

use uvox_loop::{Interest, Poll, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

#[test]
fn disconnect() {
    scenario(|| {
        let mut lp = new_loop();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (theirs, _) = listener.accept().unwrap();
        let seen = Seen::new();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        let events = seen.clone();
        let both = Interest::READABLE | Interest::DISCONNECT;
        poll.start(&mut lp, both, move |_, _, result| events.add(result))
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), []);

        ours.shutdown(Shutdown::Write).unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.take(), [Ok(both)], "EOF can be read, too");
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.take(), [Ok(both)], "in every turn");

        // Both directions shut: a hang-up.
        theirs.shutdown(Shutdown::Write).unwrap();
        lp.run(RunMode::Once).unwrap();
        assert_eq!(seen.take(), [Ok(both)]);
        close(&mut lp, poll);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn disconnect_alone() {
    scenario(|| {
        let mut lp = new_loop();
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (theirs, _) = listener.accept().unwrap();
        let seen = Seen::new();
        let poll = Poll::new(&mut lp, &theirs).unwrap();
        let events = seen.clone();
        poll.start(&mut lp, Interest::DISCONNECT, move |cx, poll, result| {
            events.add(result);
            close(cx, poll);
        })
        .unwrap();
        use std::io::Write;
        (&ours).write_all(b"data").unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [], "data is nobody's concern");
        ours.shutdown(Shutdown::Write).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), [Ok(Interest::DISCONNECT)]);
        end(lp);
    });
}
