//! What is asked of a wrap while its stream is connecting: it is queued, and is cancelled after the attempt if the wrap is closed before that has ended.

use std::net::TcpListener;
use std::os::fd::AsFd;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Errno, Loop, Phase, RunMode};
use uvox_stream::node::{Encoding, HandleWrap, LibuvStreamWrap};

use super::common::{Seen, TCP, end, keep, scenario, shutdown, until, write};

type Told = Seen<(&'static str, Result<(), Errno>)>;

/// A wrap whose stream is about to be connected to a listener.
fn connecting(lp: &mut Loop, seen: &Told) -> (LibuvStreamWrap, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
    let started = sys::connect(socket.as_fd(), listener.local_addr().unwrap());
    let stream = crate::common::with_socket_of(lp, &TCP, socket);
    let wrap = LibuvStreamWrap::new(lp, stream).unwrap();
    let record = seen.clone();
    stream
        .begin_connect(lp, started, move |_, _, status| {
            record.add(("connect", status))
        })
        .unwrap();
    (wrap, listener)
}

/// Asks for all there is. Everything is queued.
fn ask(lp: &mut Loop, wrap: LibuvStreamWrap, seen: &Told) {
    assert!(wrap.fd(lp).unwrap().is_some());
    let record = seen.clone();
    let text = wrap.write_string(lp, "text", Encoding::Latin1, move |_, _, status| {
        record.add(("text", status));
    });
    assert!(text.is_async && text.err.is_none());
    let bytes = write(lp, *wrap, b"bytes", "bytes", seen);
    assert!(bytes.is_async && bytes.err.is_none());
    assert_eq!(wrap.write_queue_size(lp), 9);
    assert_eq!(shutdown(lp, *wrap, seen), Ok(()));
    assert!(seen.is_empty(), "told from inside a call");
}

#[test]
fn what_was_queued_follows() {
    scenario(|| {
        let mut lp = uvox_testing::new_loop();
        let seen = Seen::new();
        let (wrap, listener) = connecting(&mut lp, &seen);
        let (_, errors) = keep(&mut lp, *wrap);
        ask(&mut lp, wrap, &seen);
        until(&mut lp, |_| seen.len() == 4);
        let done = ["connect", "text", "bytes", "shutdown"].map(|name| (name, Ok(())));
        assert_eq!(seen.all(), done);
        let (mut peer, _) = listener.accept().unwrap();
        assert_eq!(std::io::read_to_string(&mut peer).unwrap(), "textbytes");
        drop(peer);
        until(&mut lp, |_| !errors.is_empty());
        assert_eq!(errors.all(), [Errno::EOF]);
        wrap.close(&mut lp, |_| ());
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

#[test]
fn close_while_connecting() {
    scenario(|| {
        let mut lp = uvox_testing::new_loop();
        let seen = Seen::new();
        let (wrap, _listener) = connecting(&mut lp, &seen);
        ask(&mut lp, wrap, &seen);
        let record = seen.clone();
        wrap.close(&mut lp, move |cx| {
            assert_eq!(cx.phase(), Phase::Closing);
            record.add(("close", Ok(())));
        });
        lp.run(RunMode::NoWait).unwrap();
        let cancelled =
            ["connect", "text", "bytes", "shutdown"].map(|name| (name, Err(Errno::ECANCELED)));
        let seen = seen.all();
        assert_eq!(seen[..4], cancelled);
        assert_eq!(seen[4..], [("close", Ok(()))]);
        assert_eq!(wrap.unwrap(&lp), None);
        end(lp);
    });
}
