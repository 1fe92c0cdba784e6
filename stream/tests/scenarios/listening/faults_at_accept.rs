//! Whatever `accept` says, the listener goes on, tells what is to be told, and loses no connection that is still there.

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop};
use uvox_stream::uv::accept_counts;

use super::support::{ACCEPT, clients, listening};
use crate::common::{Seen, close_and_end, scenario, until};

/// What a listener's callback saw when one of its calls failed so.
fn with_fault(errno: Errno, nth: u32) -> Vec<Result<(), Errno>> {
    let mut lp = Loop::new().unwrap();
    let seen = Seen::new();
    let record = seen.clone();
    let (server, address) = listening(&mut lp, move |_, _, connection| {
        record.add(connection.map(drop));
    });
    let faults = fault::plan([Fault::new(ACCEPT, nth, Effect::Fail(errno))]);
    let _clients = clients(address, 3);
    let connections =
        |seen: &Seen<Result<(), Errno>>| seen.all().iter().filter(|result| result.is_ok()).count();
    until(&mut lp, |_| connections(&seen) == 3 && faults.left() == 0);
    close_and_end(lp, &[server]);
    seen.all()
}

#[test]
fn faults_that_concern_nobody() {
    scenario(|| {
        for errno in [Errno::EINTR, Errno::ECONNABORTED, Errno::EAGAIN] {
            for nth in 1..=4 {
                assert_eq!(with_fault(errno, nth), [Ok(()); 3], "{errno} {nth}");
            }
        }
    });
}

#[test]
fn faults_that_are_told() {
    scenario(|| {
        for errno in [Errno::ENETDOWN, Errno::EPROTO, Errno::ECONNRESET] {
            for nth in 1..=4 {
                let seen = with_fault(errno, nth);
                assert_eq!(seen.len(), 4, "{errno} {nth}");
                assert_eq!(seen[nth as usize - 1], Err(errno));
            }
        }
    });
}

/// An error that will come again at once puts the listener off for a moment, and is told once.
#[test]
fn an_error_that_stays_does_not_spin() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (server, address) = listening(&mut lp, move |_, _, connection| {
            record.add(connection.map(drop));
        });
        let _faults =
            fault::plan((1..=2).map(|_| Fault::new(ACCEPT, 1, Effect::Fail(Errno::EINVAL))));
        let _clients = clients(address, 1);
        until(&mut lp, |_| seen.len() == 1);
        assert_eq!(seen.all(), [Err(Errno::EINVAL)]);
        assert_eq!(accept_counts(&lp).backed_off, 1);
        // A word from the user is enough.
        let turns = lp.metrics().turns;
        server.resume_accept(&mut lp).unwrap();
        until(&mut lp, |_| seen.len() == 2);
        assert!(lp.metrics().turns <= turns + 2);
        server.resume_accept(&mut lp).unwrap();
        until(&mut lp, |_| seen.len() == 3);
        assert_eq!(seen.all()[1..], [Err(Errno::EINVAL), Ok(())]);
        close_and_end(lp, &[server]);
    });
}
