//! Several plans of faults at once: each has its own faults, and forgets no others, in whatever order they are dropped.

use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys;
use uvox_loop::sys::fault::{self, Effect, Fault, Plan};

use super::support::pair;
use crate::common::scenario;

/// The `nth` call of that name is to fail.
fn failing(name: &'static str, nth: u32, errno: Errno) -> Plan {
    fault::plan([Fault::new(name, nth, Effect::Fail(errno))])
}

#[test]
fn each_plan_of_faults_is_its_own() {
    scenario(|| {
        let (a, _b) = pair();
        let send = || sys::send(a.as_fd(), b"x");
        let peek = || sys::peek(a.as_fd(), &mut [0]);

        // The older is dropped first.
        let older = failing("recv", 1, Errno::ETIMEDOUT);
        let newer = failing("send", 1, Errno::ECONNRESET);
        assert_eq!((older.left(), newer.left()), (1, 1));
        drop(older);
        assert_eq!(peek(), Err(Errno::EAGAIN));
        assert_eq!(send(), Err(Errno::ECONNRESET));
        assert_eq!((newer.left(), send()), (0, Ok(1)));

        // The newer is dropped first.
        let older = failing("send", 1, Errno::EPIPE);
        drop(failing("recv", 1, Errno::ETIMEDOUT));
        assert_eq!(peek(), Err(Errno::EAGAIN));
        assert_eq!(send(), Err(Errno::EPIPE));
        assert_eq!((older.left(), send()), (0, Ok(1)));

        // One takes another's place.
        let mut plan = failing("send", 1, Errno::EPIPE);
        assert_eq!(plan.left(), 1);
        plan = failing("recv", 1, Errno::ETIMEDOUT);
        assert_eq!(plan.left(), 1);
        assert_eq!(send(), Ok(1));
        assert_eq!(peek(), Err(Errno::ETIMEDOUT));
        assert_eq!(plan.left(), 0);
    });
}

#[test]
fn a_call_meets_one_fault_of_two_plans() {
    scenario(|| {
        let (a, _b) = pair();
        let send = || sys::send(a.as_fd(), b"x");
        let first = failing("send", 2, Errno::EPIPE);
        let second = failing("send", 2, Errno::ENOBUFS);
        assert_eq!(send(), Ok(1));
        assert_eq!(send(), Err(Errno::EPIPE));
        assert_eq!((first.left(), second.left()), (0, 1));
        assert_eq!(send(), Err(Errno::ENOBUFS));
        assert_eq!(second.left(), 0);
        // A plan that has nothing left forgets nothing when it goes.
        let third = failing("send", 1, Errno::EAGAIN);
        drop((first, second));
        assert_eq!((third.left(), send()), (1, Err(Errno::EAGAIN)));
    });
}
