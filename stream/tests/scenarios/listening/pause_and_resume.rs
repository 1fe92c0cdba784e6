//! While accepting is paused, connections wait in the kernel and cost nothing; when it is resumed, they come.

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};

use super::support::{clients, listening};
use crate::common::{Seen, close_and_end, scenario, until};

#[test]
fn pause_and_resume() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (server, address) = listening(&mut lp, move |cx, server, connection| {
            record.add(connection.map(drop));
            // In the callback, it works at once.
            server.pause_accept(cx).unwrap();
            server.pause_accept(cx).unwrap();
        });
        assert!(lp.is_active(server) && server.is_listening(&lp));
        let _clients = clients(address, 3);
        for count in 1..=3 {
            until(&mut lp, |_| seen.len() == count);
            assert!(lp.run(RunMode::NoWait).unwrap(), "it keeps the loop alive");
            assert_eq!(seen.len(), count);
            server.resume_accept(&mut lp).unwrap();
            server.resume_accept(&mut lp).unwrap();
        }
        assert_eq!(seen.all(), [Ok(()); 3]);
        // Listening again takes another callback and backlog, and does not resume.
        server.pause_accept(&mut lp).unwrap();
        let record = seen.clone();
        server
            .listen(&mut lp, 1, move |_, _, _| {
                record.add(Err(Errno::EOF));
            })
            .unwrap();
        let _another = super::support::clients(address, 1);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.len(), 3);
        server.resume_accept(&mut lp).unwrap();
        until(&mut lp, |_| seen.len() == 4);
        assert_eq!(seen.all()[3], Err(Errno::EOF));
        close_and_end(lp, &[server]);
    });
}

/// The kernel cannot watch the listener just now: it stays paused, and can be resumed later.
#[test]
fn resume_that_fails() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (server, address) = listening(&mut lp, move |_, _, connection| {
            record.add(connection.map(drop));
        });
        lp.run(RunMode::NoWait).unwrap();
        server.pause_accept(&mut lp).unwrap();
        // Only epoll is asked by a call of its own.
        let full = Fault::new("epoll_ctl", 1, Effect::Fail(Errno::ENOSPC));
        let faults = fault::plan([full]);
        let resumed = server.resume_accept(&mut lp);
        let expected = if faults.left() == 0 {
            Err(Errno::ENOSPC)
        } else {
            Ok(())
        };
        assert_eq!(resumed, expected);
        drop(faults);
        server.resume_accept(&mut lp).unwrap();
        let _client = clients(address, 1);
        until(&mut lp, |_| seen.len() == 1);
        close_and_end(lp, &[server]);
    });
}
