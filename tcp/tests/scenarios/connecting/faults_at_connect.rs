//! Whatever `connect` says, and `socket` before it: what ends the attempt comes by the callback or at once, as libuv has it, and the handle can try again.

use std::net::TcpListener;
use std::rc::Rc;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, hosts, scenario};

#[test]
fn interrupted() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let server = TcpListener::bind((host, 0)).unwrap();
            let tcp = Tcp::new(&mut lp);
            let interrupted = [1, 2].map(|nth| Fault::new("connect", nth, EINTR));
            let faults = fault::plan(interrupted);
            let seen = Seen::new();
            let record = seen.clone();
            tcp.connect(
                &mut lp,
                server.local_addr().unwrap(),
                move |_, _, result| {
                    record.add(result);
                },
            )
            .unwrap();
            assert_eq!(faults.left(), 0);
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), [Ok(())]);
            close_and_end(lp, &[tcp]);
        }
    });
}

const EINTR: Effect = Effect::Fail(Errno::EINTR);

#[test]
fn refused_at_once() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        let faults = fault::plan([Fault::new("connect", 1, Effect::Fail(Errno::ECONNREFUSED))]);
        let seen = Seen::new();
        let record = seen.clone();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = server.local_addr().unwrap();
        tcp.connect(&mut lp, address, move |cx, tcp, result| {
            record.add(result);
            let record = record.clone();
            tcp.connect(cx, address, move |_, _, result| record.add(result))
                .unwrap();
        })
        .unwrap();
        assert_eq!(faults.left(), 0);
        assert!(seen.is_empty(), "told from inside a call");
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Err(Errno::ECONNREFUSED), Ok(())]);
        close_and_end(lp, &[tcp]);
    });
}

#[test]
fn other_errors_at_once() {
    scenario(|| {
        let errors = [
            Errno::ECONNRESET,
            Errno::ENETUNREACH,
            Errno::EADDRNOTAVAIL,
            Errno::EACCES,
        ];
        let calls = errors.map(|errno| ("connect", errno));
        for (call, errno) in calls.into_iter().chain([("socket", Errno::EMFILE)]) {
            let mut lp = Loop::new().unwrap();
            let server = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = server.local_addr().unwrap();
            let tcp = Tcp::new(&mut lp);
            let faults = fault::plan([Fault::new(call, 1, Effect::Fail(errno))]);
            let captured = Rc::new(());
            let kept = captured.clone();
            let refused = tcp.connect(&mut lp, address, move |_, _, _| drop(kept));
            assert_eq!((refused, faults.left()), (Err(errno), 0));
            assert_eq!(Rc::strong_count(&captured), 1, "the callback is dropped");
            assert!(!tcp.is_connecting(&lp) && !lp.alive());
            let seen = Seen::new();
            let record = seen.clone();
            tcp.connect(&mut lp, address, move |_, _, result| record.add(result))
                .unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), [Ok(())]);
            close_and_end(lp, &[tcp]);
        }
    });
}

/// The kernel's own word for it: there is no way from loopback to the world.
#[test]
fn no_way_there() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        let nowhere = "255.255.255.255:1".parse().unwrap();
        assert_eq!(
            tcp.connect(&mut lp, nowhere, |_, _, _| ()),
            Err(Errno::ENETUNREACH)
        );
        close_and_end(lp, &[tcp]);
    });
}
