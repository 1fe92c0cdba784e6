//! What is done with a connection does not touch a listener: to stop reading does not let it go to sleep, and one that came from elsewhere, taken for
//! connected at first, can no more be read and written. A write that failed before that is told of all the same.

use std::io::Read;
use std::net::TcpListener;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Errno, Loop, RunMode};

use super::support::{clients, listening};
use crate::common::{Seen, close_and_end, scenario, stream_on, until};

#[test]
fn to_stop_reading_leaves_it_awake() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (server, address) = listening(&mut lp, move |cx, server, connection| {
            drop(connection.unwrap());
            record.add(());
            server.read_stop(cx).unwrap();
            assert!(cx.is_active(server));
        });
        server.read_stop(&mut lp).unwrap();
        assert!(lp.is_active(server));
        let mut clients = clients(address, 2);
        until(&mut lp, |_| seen.len() == 2);
        assert!(
            clients
                .iter_mut()
                .all(|one| one.read(&mut [0]).unwrap() == 0)
        );
        assert!(lp.run(RunMode::NoWait).unwrap(), "it listens still");
        close_and_end(lp, &[server]);
    });
}

#[test]
fn one_from_elsewhere_ends_what_it_was_taken_for() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = stream_on(&mut lp, socket);
        server
            .read_start(&mut lp, |_, _, _| panic!("read"))
            .unwrap();
        server.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        assert!(!server.is_readable(&lp) && !server.is_writable(&lp));
        assert!(!server.is_reading(&lp));
        server.read_stop(&mut lp).unwrap();
        assert!(lp.is_active(server));
        let refused = server.read_start(&mut lp, |_, _, _| ());
        assert_eq!(refused, Err(Errno::ENOTCONN));
        assert_eq!(server.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EPIPE));
        assert_eq!(server.shutdown(&mut lp, |_, _, _| ()), Err(Errno::ENOTCONN));
        lp.run(RunMode::NoWait).unwrap();
        close_and_end(lp, &[server]);
    });
}

#[test]
fn what_failed_before_is_told() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
        let server = stream_on(&mut lp, socket);
        let seen = Seen::new();
        let record = seen.clone();
        server
            .write(&mut lp, b"x", move |_, _, written| {
                record.add(written.status.is_err());
            })
            .unwrap();
        server.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.all(), [true]);
        assert_eq!(lp.requests(), 0);
        close_and_end(lp, &[server]);
    });
}
