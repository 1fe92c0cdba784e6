//! `close_reset`: the peer is told by a reset, whatever is under way, and the handle is closed like any other.

use std::io::{ErrorKind, Read};
use std::net::TcpListener;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, connected, hosts, scenario, until};

#[test]
fn the_peer_sees_it() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (ours, theirs) = connected(&mut lp, host);
            let seen = Seen::new();
            let (read, closed) = (seen.clone(), seen.clone());
            theirs
                .read_start(&mut lp, move |_, _, data| read.add(data.map(<[u8]>::len)))
                .unwrap();
            ours.read_start(&mut lp, |_, _, _| panic!("it is closed"))
                .unwrap();
            ours.close_reset(&mut lp, move |_| closed.add(Ok(0)))
                .unwrap();
            assert!(lp.is_closing(ours) && ours.fd(&mut lp).is_none());
            let twice = ours.close_reset(&mut lp, |_| panic!("closed twice"));
            assert_eq!(twice, Err(Errno::EBADF));
            assert!(!lp.run(RunMode::Default).unwrap());
            let mut seen = seen.all();
            seen.sort_by_key(Result::is_ok);
            assert_eq!(seen, [Err(Errno::ECONNRESET), Ok(0)]);
            close_and_end(lp, &[theirs]);
        }
    });
}

#[test]
fn in_the_middle_of_the_peers_queued_write() {
    scenario(|| {
        for host in hosts() {
            for reading in [false, true] {
                let mut lp = Loop::new().unwrap();
                let (ours, theirs) = connected(&mut lp, host);
                let seen = Seen::new();
                let size = 16 << 20;
                for number in 0..2 {
                    let record = seen.clone();
                    theirs
                        .write(&mut lp, &vec![0; size], move |_, _, written| {
                            assert!(written.bytes < size);
                            record.add((number, written.status));
                        })
                        .unwrap();
                }
                let read = Seen::new();
                if reading {
                    let record = read.clone();
                    theirs
                        .read_start(&mut lp, move |_, _, data| record.add(data.map(drop)))
                        .unwrap();
                }
                // Some of it arrives before.
                ours.read_start(&mut lp, move |cx, _, data| {
                    data.unwrap();
                    ours.close_reset(cx, |_| ()).unwrap();
                })
                .unwrap();
                until(&mut lp, |_| !seen.is_empty());
                let broken = [Errno::ECONNRESET, Errno::EPIPE];
                let (number, status) = seen.all()[0];
                assert!(number == 0 && broken.map(Err).contains(&status));
                if reading {
                    assert_eq!(read.all(), [Err(Errno::ECONNRESET)]);
                    assert!(!theirs.is_readable(&lp));
                }
                lp.close(theirs, |_| ()).unwrap();
                assert!(!lp.run(RunMode::Default).unwrap());
                assert_eq!(seen.all()[1..], [(1, Err(Errno::ECANCELED))]);
                close_and_end(lp, &[]);
            }
        }
    });
}

/// What was queued is cancelled, and the kernel throws away what it had.
#[test]
fn what_is_queued_is_thrown_away() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let tcp = Tcp::new(&mut lp);
        tcp.connect(&mut lp, server.local_addr().unwrap(), |_, _, result| {
            result.unwrap();
        })
        .unwrap();
        let (mut peer, _) = server.accept().unwrap();
        until(&mut lp, |cx| !tcp.is_connecting(cx));
        let seen = Seen::new();
        let (written, closed) = (seen.clone(), seen.clone());
        let size = 32 << 20;
        tcp.write(&mut lp, &vec![0; size], move |_, _, result| {
            written.add(result.status);
        })
        .unwrap();
        assert!(tcp.write_queue_size(&lp) > 0);
        tcp.close_reset(&mut lp, move |_| closed.add(Ok(())))
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Err(Errno::ECANCELED), Ok(())]);
        let mut got = Vec::new();
        let error = peer.read_to_end(&mut got).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        assert!(got.len() < size);
        close_and_end(lp, &[]);
    });
}

#[test]
fn refused() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let without = Tcp::new(&mut lp);
        let refused = without.close_reset(&mut lp, |_| panic!("it is not closed"));
        assert_eq!(refused, Err(Errno::EBADF));
        assert!(!lp.is_closing(without));
        let (ours, theirs) = connected(&mut lp, hosts()[0]);
        ours.shutdown(&mut lp, |_, _, result| result.unwrap())
            .unwrap();
        let refused = ours.close_reset(&mut lp, |_| panic!("it is not closed"));
        assert_eq!(refused, Err(Errno::EINVAL));
        assert!(!lp.is_closing(ours) && ours.is_shutting_down(&lp));
        until(&mut lp, |cx| !ours.is_shutting_down(cx));
        // When that is done, it can be reset.
        ours.close_reset(&mut lp, |_| ()).unwrap();
        close_and_end(lp, &[without, theirs]);
    });
}

/// A listener, and a handle that still connects, are closed by it all the same.
#[test]
fn of_what_is_not_connected() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (server, address) = crate::common::listener(&mut lp, hosts()[0], |_, _, _| ());
        let tcp = Tcp::new(&mut lp);
        let seen = Seen::new();
        let record = seen.clone();
        tcp.connect(&mut lp, address, move |_, _, result| record.add(result))
            .unwrap();
        tcp.close_reset(&mut lp, |_| ()).unwrap();
        server.close_reset(&mut lp, |_| ()).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Err(Errno::ECANCELED)]);
        close_and_end(lp, &[]);
    });
}
