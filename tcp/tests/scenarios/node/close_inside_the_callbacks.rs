//! Wraps are closed inside every callback that they have, and nothing comes after that but the close callbacks.

use std::io::IoSlice;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::node::{ConnectionWrap, HandleWrap, HandleWrapState};
use uvox_tcp::node::{SocketType, TcpWrap};

use super::support::{LOCALHOST, client, pair, server};
use crate::common::{Seen, end, scenario};

/// The server and the peer are closed in `onconnection`, though more connections wait: nobody hears of those.
#[test]
fn in_onconnection() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let told = seen.clone();
        let (_, port) = server(&mut lp, move |cx, server, peer| {
            told.add("connection");
            assert_eq!(peer.get_provider_type(cx), Some("TCPWRAP"));
            for (wrap, name) in [(server, "server"), (peer, "peer")] {
                let told = told.clone();
                wrap.close(cx, move |_| told.add(name));
                assert_eq!(HandleWrap::state(wrap, cx), HandleWrapState::Closing);
            }
            // A callback for one that is closed is no mistake.
            server.set_on_connection(cx, |_, _, _| panic!("it is closed"));
        });
        for _ in 0..3 {
            let over = TcpWrap::new(&mut lp, SocketType::Socket);
            let begun = over.connect(&mut lp, LOCALHOST, port, move |cx, connected| {
                // Whoever was in the queue of a server that closes is reset.
                assert!([Ok(()), Err(Errno::ECONNRESET)].contains(&connected.status));
                over.close(cx, |_| ());
            });
            begun.unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["connection", "peer", "server"]);
        end(lp);
    });
}

/// What was written meanwhile is cancelled.
#[test]
fn in_oncomplete() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (_, port) = server(&mut lp, |cx, server, peer| {
            peer.close(cx, |_| ());
            server.close(cx, |_| ());
        });
        let seen = Seen::new();
        let (told, written) = (seen.clone(), seen.clone());
        let tcp = client(&mut lp, port, move |cx, client| {
            told.add(("connected", Ok(())));
            let closed = told.clone();
            client.close(cx, move |_| closed.add(("closed", Ok(()))));
            assert_eq!(client.read_start(cx), Err(Errno::EINVAL));
            assert_eq!(client.getpeername(cx).map(|_| ()), Err(Errno::EBADF));
        });
        let queued = tcp.write(&mut lp, &[IoSlice::new(b"x")], move |_, _, status| {
            written.add(("written", status));
        });
        assert!(queued.is_async);
        tcp.set_on_read(&mut lp, |_, _, _| panic!("it is closed"));
        tcp.read_start(&mut lp).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(tcp.unwrap(&lp), None);
        let cancelled = Err(Errno::ECANCELED);
        assert_eq!(
            seen.all(),
            [
                ("connected", Ok(())),
                ("written", cancelled),
                ("closed", Ok(()))
            ]
        );
        end(lp);
    });
}

/// More is there to be read, and is not; a reset there is one.
#[test]
fn in_onread() {
    for with_reset in [false, true] {
        scenario(|| {
            let mut lp = Loop::new().unwrap();
            let (one, other) = pair(&mut lp);
            let seen = Seen::new();
            let (told, ended) = (seen.clone(), seen.clone());
            one.set_on_read(&mut lp, move |cx, _, data| {
                told.add(data.map(<[u8]>::len));
                if with_reset {
                    one.reset(cx, |_| ()).unwrap();
                } else {
                    one.close(cx, |_| ());
                }
            });
            one.read_start(&mut lp).unwrap();
            // Far more than one read takes.
            let bytes = vec![7; 4 << 20];
            let written = other.write(&mut lp, &[IoSlice::new(&bytes)], move |cx, _, status| {
                ended.add(status.map(|()| 0));
                other.close(cx, |_| ());
            });
            assert!(written.is_async);
            assert!(!lp.run(RunMode::Default).unwrap());
            let seen = seen.all();
            assert_eq!(seen.len(), 2);
            assert!(seen[0].is_ok_and(|count| count > 0));
            // It was closed with something unread, which is a reset, too.
            let gone = [Err(Errno::ECONNRESET), Err(Errno::EPIPE)];
            assert!(gone.contains(&seen[1]), "{seen:?}");
            end(lp);
        });
    }
}
