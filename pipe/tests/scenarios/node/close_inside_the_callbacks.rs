//! Wraps are closed inside every callback that they have, and nothing comes after that but the close callbacks.

use std::io::IoSlice;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::node::{ConnectionWrap, HandleWrap, HandleWrapState};

use super::player::make;
use super::support::{client, pair, server};
use crate::common::{Seen, end, free_path, scenario};

/// The server and the peer are closed in `onconnection`, though more connections wait: nobody hears of those, and they come to their end.
#[test]
fn in_onconnection() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let (seen, ends) = (Seen::new(), Seen::new());
        let told = seen.clone();
        server(&mut lp, &path, move |cx, server, peer| {
            told.add("connection");
            assert_eq!(peer.get_provider_type(cx), Some("PIPEWRAP"));
            for (wrap, name) in [(server, "server"), (peer, "peer")] {
                let told = told.clone();
                wrap.close(cx, move |_| told.add(name));
                assert_eq!(HandleWrap::state(wrap, cx), HandleWrapState::Closing);
            }
            // A callback for one that is closed is no mistake.
            server.set_on_connection(cx, |_, _, _| panic!("it is closed"));
        });
        for _ in 0..3 {
            let (client, ended) = (make(&mut lp), ends.clone());
            client.set_on_read(&mut lp, move |cx, _, data| {
                ended.add(data.map(|_| ()));
                client.close(cx, |_| ());
            });
            let told = ends.clone();
            let begun = client.connect(&mut lp, &path, move |cx, connected| {
                if connected.status.is_err() {
                    told.add(connected.status);
                    return client.close(cx, |_| ());
                }
                client.read_start(cx).unwrap();
            });
            begun.unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["connection", "peer", "server"]);
        // Whoever was in the queue of a server that closes is reset.
        let gone = [Err(Errno::EOF), Err(Errno::ECONNRESET)];
        assert_eq!(ends.len(), 3);
        assert!(ends.all().iter().all(|end| gone.contains(end)));
        assert!(!path.exists());
        end(lp);
    });
}

/// What was written meanwhile is cancelled.
#[test]
fn in_oncomplete() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        server(&mut lp, &path, |cx, server, peer| {
            peer.close(cx, |_| ());
            server.close(cx, |_| ());
        });
        let seen = Seen::new();
        let (told, written) = (seen.clone(), seen.clone());
        let pipe = client(&mut lp, &path, move |cx, client| {
            told.add(("connected", Ok(())));
            let closed = told.clone();
            client.close(cx, move |_| closed.add(("closed", Ok(()))));
            assert_eq!(client.read_start(cx), Err(Errno::EINVAL));
            let again = client.connect(cx, "nowhere", |_, _| panic!("it is closed"));
            assert_eq!(again.map(|_| ()), Err(Errno::EINVAL));
        });
        let queued = pipe.write(&mut lp, &[IoSlice::new(b"x")], move |_, _, status| {
            written.add(("written", status));
        });
        assert!(queued.is_async);
        pipe.set_on_read(&mut lp, |_, _, _| panic!("it is closed"));
        pipe.read_start(&mut lp).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!((pipe.unwrap(&lp), lp.requests()), (None, 0));
        let cancelled = Err(Errno::ECANCELED);
        let expected = [
            ("connected", Ok(())),
            ("written", cancelled),
            ("closed", Ok(())),
        ];
        assert_eq!(seen.all(), expected);
        end(lp);
    });
}

/// Another attempt is begun where the first is told to have failed, and cancelled by a close right there: each is told of once.
#[test]
fn in_oncomplete_with_another_attempt() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let pipe = make(&mut lp);
        let seen = Seen::new();
        let (told, nowhere) = (seen.clone(), path.clone());
        let first = pipe.connect(&mut lp, &path, move |cx, connected| {
            told.add(("first", connected.status));
            let (second, closed) = (told.clone(), told.clone());
            let again = pipe.connect(cx, &nowhere, move |cx, connected| {
                assert_eq!(HandleWrap::state(pipe, cx), HandleWrapState::Closing);
                second.add(("second", connected.status));
            });
            let again = again.unwrap();
            // The name of the first is not the second's.
            connected.req.clear_oncomplete(cx);
            assert!(again.is_pending(cx) && !connected.req.is_pending(cx));
            pipe.close(cx, move |_| closed.add(("closed", Ok(()))));
        });
        assert!(first.unwrap().is_pending(&lp));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(lp.requests(), 0);
        let expected = [
            ("first", Err(Errno::ENOENT)),
            ("second", Err(Errno::ECANCELED)),
            ("closed", Ok(())),
        ];
        assert_eq!(seen.all(), expected);
        end(lp);
    });
}

/// More is there to be read, and is not.
#[test]
fn in_onread() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (one, other) = pair(&mut lp);
        let seen = Seen::new();
        let (told, ended) = (seen.clone(), seen.clone());
        one.set_on_read(&mut lp, move |cx, _, data| {
            told.add(data.map(<[u8]>::len));
            one.close(cx, |_| ());
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
        let gone = [Err(Errno::ECONNRESET), Err(Errno::EPIPE)];
        assert!(gone.contains(&seen[1]), "{seen:?}");
        end(lp);
    });
}
