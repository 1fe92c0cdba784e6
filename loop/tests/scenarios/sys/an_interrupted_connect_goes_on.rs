//! A signal during `connect` does not end the attempt, so what the next call says of it is no error.

use std::os::fd::AsFd;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::trace::Outcome;
use uvox_loop::{Errno, Interest};

use super::support::{listener, readable, traced, wait};
use crate::common::scenario;

/// What `connect` returns if its calls fail like this, one after the other.
fn met(errors: &[Errno]) -> Result<(), Errno> {
    let (_listener, address) = listener();
    let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
    let faults = fault::plan(
        // The first is spent by the first call, and then the second is next in line.
        errors
            .iter()
            .map(|errno| Fault::new("connect", 1, Effect::Fail(*errno))),
    );
    let result = sys::connect(socket.as_fd(), address);
    assert_eq!(faults.left(), 0);
    result
}

#[test]
fn an_interrupted_connect_goes_on() {
    scenario(|| {
        // The attempt was made and goes on, or has succeeded.
        assert_eq!(
            met(&[Errno::EINTR, Errno::EALREADY]),
            Err(Errno::EINPROGRESS)
        );
        assert_eq!(met(&[Errno::EINTR, Errno::EISCONN]), Ok(()));
        assert_eq!(
            met(&[Errno::EINTR, Errno::EINTR, Errno::ECONNREFUSED]),
            Err(Errno::ECONNREFUSED)
        );
        // Without a signal the same errors are a mistake of the caller's.
        assert_eq!(met(&[Errno::EALREADY]), Err(Errno::EALREADY));
        assert_eq!(met(&[Errno::EISCONN]), Err(Errno::EISCONN));
    });
}

#[test]
fn an_interruption_on_purpose_does_not_keep_it_from_connecting() {
    scenario(|| {
        let (listener, address) = listener();
        let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
        let faults = fault::plan([Fault::new("connect", 1, Effect::Fail(Errno::EINTR))]);
        let (result, outcomes) = traced("connect", || sys::connect(socket.as_fd(), address));
        drop(faults);
        assert!(matches!(result, Ok(()) | Err(Errno::EINPROGRESS)));
        assert_eq!(outcomes.len(), 2);
        assert_eq!(outcomes[0], Outcome::Failed(Errno::EINTR));
        wait(&socket, Interest::WRITABLE);
        assert_eq!(sys::take_error(socket.as_fd()), Ok(None));
        let (_server, from) = sys::accept_with_address(readable(&listener).as_fd()).unwrap();
        assert_eq!(sys::getsockname(socket.as_fd()), Ok(from));
    });
}
