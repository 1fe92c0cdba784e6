//! Over a wrap of type IPC come handles: the reader asks what each is, and makes a wrap of it.

use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use uvox_loop::sys::DescriptorKind;
use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_pipe::node::{PipeWrap, SocketType};
use uvox_stream::node::{ConnectionWrap, HandleWrap};
use uvox_tcp::node::TcpWrap;

use super::player::make;
use crate::common::{Seen, end, scenario};

fn ipc_pair(cx: &mut Ctx) -> (PipeWrap, PipeWrap) {
    let (one, other) = UnixStream::pair().unwrap();
    let [one, other] = [one, other].map(|end| {
        let wrap = PipeWrap::new(cx, SocketType::Ipc);
        wrap.open(cx, OwnedFd::from(end)).unwrap();
        wrap
    });
    (one, other)
}

/// A TCP server is passed, and then a pipe; who receives the server listens on it.
#[test]
fn a_server_and_a_pipe() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (parent, child) = ipc_pair(&mut lp);
        let server = TcpWrap::new(&mut lp, uvox_tcp::node::SocketType::Server);
        server.bind(&mut lp, "127.0.0.1", 0).unwrap();
        let port = server.getsockname(&mut lp).unwrap().port;
        let pipe = make(&mut lp);
        let (kept, given) = UnixStream::pair().unwrap();
        pipe.open(&mut lp, given).unwrap();
        let over = Seen::new();
        for (bytes, is_server) in [(b"s", true), (b"p", false)] {
            let told = over.clone();
            let done = move |_: &mut Ctx, _, status| told.add(status);
            let written = if is_server {
                parent.write_handle(&mut lp, bytes, server, done)
            } else {
                parent.write_handle(&mut lp, bytes, pipe, done)
            };
            assert_eq!((written.err, written.is_async), (None, true));
        }
        // What was passed is the receiver's, too.
        server.close(&mut lp, |_| ());
        pipe.close(&mut lp, |_| ());
        let received = Seen::new();
        let came = received.clone();
        child.set_on_read(&mut lp, move |cx, _, data| {
            data.unwrap();
            while let Some(kind) = child.pending_type(cx) {
                came.add(kind);
                if kind == DescriptorKind::Tcp {
                    let wrong = child.accept_handle::<PipeWrap>(cx);
                    assert_eq!(wrong, Some(Err(Errno::EINVAL)));
                    let server = child.accept_handle(cx).unwrap().unwrap();
                    accept_one(cx, server, port);
                } else {
                    let pipe: PipeWrap = child.accept_handle(cx).unwrap().unwrap();
                    assert_eq!(pipe.get_provider_type(cx), Some("PIPEWRAP"));
                    pipe.close(cx, |_| ());
                }
            }
            assert_eq!(child.accept_handle::<TcpWrap>(cx), None);
            if came.len() == 2 {
                child.close(cx, |_| ());
                parent.close(cx, |_| ());
            }
        });
        child.read_start(&mut lp).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(over.all(), [Ok(()); 2]);
        let kinds = [DescriptorKind::Tcp, DescriptorKind::UnixStream];
        assert_eq!(received.all(), kinds);
        drop(kept);
        end(lp);
    });
}

/// Listens on a server that was received, until a client has come.
fn accept_one(cx: &mut Ctx, server: TcpWrap, port: u16) {
    assert_eq!(server.get_provider_type(cx), Some("TCPWRAP"));
    assert_eq!(server.getsockname(cx).unwrap().port, port);
    server.set_on_connection(cx, |cx, server, peer| {
        peer.unwrap().close(cx, |_| ());
        server.close(cx, |_| ());
    });
    server.listen(cx, 1).unwrap();
    let client = TcpWrap::new(cx, uvox_tcp::node::SocketType::Socket);
    let begun = client.connect(cx, "127.0.0.1", port, |cx, connected| {
        assert_eq!(connected.status, Ok(()));
        connected.handle.close(cx, |_| ());
    });
    begun.unwrap();
}

/// One that nobody accepts is closed with the wrap; a wrap that is gone cannot be passed, nor one without a descriptor.
#[test]
fn handles_that_come_to_nothing() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (parent, child) = ipc_pair(&mut lp);
        let pipe = make(&mut lp);
        let none = parent.write_handle(&mut lp, b"x", pipe, |_, _, _| panic!("it failed"));
        assert_eq!((none.err, none.is_async), (Some(Errno::EBADF), false));
        let (kept, given) = UnixStream::pair().unwrap();
        pipe.open(&mut lp, given).unwrap();
        let written = parent.write_handle(&mut lp, b"x", pipe, move |cx, _, status| {
            assert_eq!(status, Ok(()));
            pipe.close(cx, |_| ());
        });
        assert!(written.is_async);
        child.set_on_read(&mut lp, move |cx, _, data| {
            assert_eq!(data, Ok(&b"x"[..]));
            child.close(cx, |_| ());
        });
        child.read_start(&mut lp).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(pipe.unwrap(&lp), None);
        let gone = parent.write_handle(&mut lp, b"x", pipe, |_, _, _| panic!("it failed"));
        assert_eq!(gone.err, Some(Errno::EINVAL));
        parent.close(&mut lp, |_| ());
        assert!(!lp.run(RunMode::Default).unwrap());
        drop(kept);
        end(lp);
    });
}
