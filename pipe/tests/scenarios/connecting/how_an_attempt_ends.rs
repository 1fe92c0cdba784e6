//! How an attempt to connect can end: what the kernel says is told from the loop, never at the call, and the handle can try again.

use std::fs;
use std::os::unix::net::UnixListener;

use uvox_loop::{Errno, Loop, Phase, RunMode};
use uvox_pipe::uv::Pipe;

use crate::common::{Seen, close_and_end, free_path, keep_reading, scenario, until};

type Record = Seen<(&'static str, Result<(), Errno>)>;

#[test]
fn refused_and_tried_again() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let pipe = Pipe::new(&mut lp);
        let seen = Record::new();
        let attempt = |lp: &mut Loop| {
            let (record, again) = (seen.clone(), path.clone());
            pipe.connect(lp, &path, move |cx, pipe, result| {
                assert!([Phase::Pending, Phase::Poll].contains(&cx.phase()));
                assert!(!pipe.is_connecting(cx));
                record.add(("connected", result));
            })
            .unwrap();
            let twice = pipe.connect(lp, again, |_, _, _| ());
            assert_eq!(twice, Err(Errno::EALREADY));
            let count = seen.len();
            let record = seen.clone();
            // The attempt goes on, so this is queued.
            pipe.write(lp, b"x", move |_, _, written| {
                record.add(("written", written.status));
            })
            .unwrap();
            assert_eq!(seen.len(), count, "a callback was called from a call");
            until(lp, |_| seen.len() == count + 2);
            seen.take()
        };
        let cancelled = ("written", Err(Errno::ECANCELED));
        let nothing = [("connected", Err(Errno::ENOENT)), cancelled];
        assert_eq!(attempt(&mut lp), nothing);
        drop(UnixListener::bind(&path).unwrap());
        let nobody = [("connected", Err(Errno::ECONNREFUSED)), cancelled];
        assert_eq!(attempt(&mut lp), nobody);
        fs::remove_file(&path).unwrap();
        let listener = UnixListener::bind(&path).unwrap();
        let at_last = [("connected", Ok(())), ("written", Ok(()))];
        assert_eq!(attempt(&mut lp), at_last);
        let third = pipe.connect(&mut lp, &path, |_, _, _| ());
        assert_eq!(third, Err(Errno::EISCONN));
        // It hears and is heard.
        let (mut peer, _) = listener.accept().unwrap();
        std::io::Write::write_all(&mut peer, b"abc").unwrap();
        let (bytes, errors) = keep_reading(&mut lp, *pipe);
        until(&mut lp, |_| bytes.len() == 3);
        drop(peer);
        until(&mut lp, |_| errors.len() == 1);
        // It left what was written unread, which is an error, not the end.
        assert_eq!(errors.all(), [Errno::ECONNRESET]);
        close_and_end(lp, &[pipe]);
    });
}

/// Linux says so at once, instead of making the client wait.
#[cfg(target_os = "linux")]
#[test]
fn more_wait_than_the_backlog_has_room_for() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let server = Pipe::new(&mut lp);
        server.bind(&mut lp, &path).unwrap();
        server.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        server.pause_accept(&mut lp).unwrap();
        let seen = Seen::new();
        let clients = [0; 4].map(|_| {
            let client = Pipe::new(&mut lp);
            let record = seen.clone();
            client
                .connect(&mut lp, &path, move |_, _, result| record.add(result))
                .unwrap();
            client
        });
        until(&mut lp, |_| seen.len() == 4);
        let full = Err(Errno::EAGAIN);
        let mut seen = seen.all();
        seen.sort_by_key(Result::is_err);
        assert_eq!(seen, [Ok(()), Ok(()), full, full]);
        for client in clients {
            lp.close(client, |_| ()).unwrap();
        }
        close_and_end(lp, &[server]);
    });
}

#[test]
fn closed_before_it_is_told() {
    scenario(|| {
        let (_directory, path) = free_path();
        let _listener = UnixListener::bind(&path).unwrap();
        for path in [path.clone(), path.with_extension("not")] {
            let mut lp = Loop::new().unwrap();
            let pipe = Pipe::new(&mut lp);
            let seen = Record::new();
            let record = seen.clone();
            pipe.connect(&mut lp, path, move |cx, _, result| {
                assert_eq!(cx.phase(), Phase::Closing);
                record.add(("connected", result));
            })
            .unwrap();
            let record = seen.clone();
            pipe.write(&mut lp, b"x", move |_, _, written| {
                record.add(("written", written.status));
            })
            .unwrap();
            let record = seen.clone();
            pipe.shutdown(&mut lp, move |_, _, result| record.add(("shut", result)))
                .unwrap();
            let record = seen.clone();
            lp.close(pipe, move |_| record.add(("closed", Ok(()))))
                .unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            let cancelled = Err(Errno::ECANCELED);
            let expected = [
                ("connected", cancelled),
                ("written", cancelled),
                ("shut", cancelled),
                ("closed", Ok(())),
            ];
            assert_eq!(seen.all(), expected);
            assert_eq!(lp.requests(), 0);
            crate::common::end(lp);
        }
    });
}

/// From a path of its own, which the server is told; and a listener is no client.
#[test]
fn bound_before_it_connects() {
    scenario(|| {
        let (_directory, path) = free_path();
        let own = path.with_extension("own");
        let mut lp = Loop::new().unwrap();
        let server = Pipe::new(&mut lp);
        server.bind(&mut lp, &path).unwrap();
        let names = Seen::new();
        let told = names.clone();
        server
            .listen(&mut lp, 1, move |cx, _, connection| {
                let peer = Pipe::accept(cx, connection.unwrap()).unwrap();
                told.add(peer.getpeername(cx).unwrap().path().map(ToOwned::to_owned));
                cx.close(peer, |_| ()).unwrap();
            })
            .unwrap();
        let no_client = server.connect(&mut lp, &path, |_, _, _| ());
        assert_eq!(no_client, Err(Errno::EINVAL));
        let client = Pipe::new(&mut lp);
        client.bind(&mut lp, &own).unwrap();
        client.connect(&mut lp, &path, |_, _, _| ()).unwrap();
        until(&mut lp, |_| names.len() == 1);
        assert_eq!(names.all(), [Some(own.clone())]);
        close_and_end(lp, &[server, client]);
        assert!(!own.exists());
    });
}
