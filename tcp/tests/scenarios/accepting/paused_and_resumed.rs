//! A listener that is paused leaves connections in the kernel's queue; when it goes on, they come.

use std::net::TcpStream;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, hosts, listener, scenario, until};

#[test]
fn connections_wait() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let seen = Seen::new();
            let record = seen.clone();
            let (server, address) = listener(&mut lp, host, move |_, _, connection| {
                connection.unwrap();
                record.add(());
            });
            server.pause_accept(&mut lp).unwrap();
            server.pause_accept(&mut lp).unwrap();
            // They are connected as far as they know.
            let peers = [(); 3].map(|()| TcpStream::connect(address).unwrap());
            for _ in 0..3 {
                lp.run(RunMode::NoWait).unwrap();
            }
            assert!(seen.is_empty() && server.is_listening(&lp) && lp.alive());
            server.resume_accept(&mut lp).unwrap();
            assert!(seen.is_empty(), "told from inside a call");
            until(&mut lp, |_| seen.len() == peers.len());
            close_and_end(lp, &[server]);
        }
    });
}

/// Paused by its own callback, it takes one connection at a time.
#[test]
fn one_at_a_time() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (server, address) = listener(&mut lp, hosts()[0], move |cx, server, connection| {
            connection.unwrap();
            server.pause_accept(cx).unwrap();
            record.add(());
        });
        let peers = [(); 5].map(|()| TcpStream::connect(address).unwrap());
        for taken in 1..=peers.len() {
            until(&mut lp, |_| seen.len() == taken);
            lp.run(RunMode::NoWait).unwrap();
            assert_eq!(seen.len(), taken);
            server.resume_accept(&mut lp).unwrap();
        }
        // Listening anew does not make it go on.
        server.pause_accept(&mut lp).unwrap();
        let record = seen.clone();
        server
            .listen(&mut lp, 5, move |_, _, connection| {
                connection.unwrap();
                record.add(());
            })
            .unwrap();
        let _sixth = TcpStream::connect(address).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), peers.len());
        server.resume_accept(&mut lp).unwrap();
        until(&mut lp, |_| seen.len() == peers.len() + 1);
        close_and_end(lp, &[server]);
    });
}

#[test]
fn only_listeners() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        assert_eq!(tcp.pause_accept(&mut lp), Err(Errno::EINVAL));
        assert_eq!(tcp.resume_accept(&mut lp), Err(Errno::EINVAL));
        close_and_end(lp, &[tcp]);
    });
}
