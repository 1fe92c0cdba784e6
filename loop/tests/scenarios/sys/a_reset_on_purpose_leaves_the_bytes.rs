//! An error made on purpose is returned by the call it is planned for, on the descriptor it is planned for, and the kernel
//! knows nothing of it.

use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys;
use uvox_loop::sys::fault::{self, Effect, Fault};

use super::support::{pair, traced};
use crate::common::scenario;

#[test]
fn a_reset_on_purpose_leaves_the_bytes() {
    scenario(|| {
        let (a, b) = pair();
        sys::send(a.as_fd(), b"still here").unwrap();
        sys::send(b.as_fd(), b"answer").unwrap();
        let reset = Effect::Fail(Errno::ECONNRESET);
        let faults = fault::plan([
            Fault::new("recv", 2, reset).on(&b),
            Fault::new("send", 1, reset).on(&a),
        ]);
        let bytes = &mut [0; 5];
        let ((), outcomes) = traced("recv", || {
            assert_eq!(sys::recv(a.as_fd(), bytes), Ok(5));
            assert_eq!(sys::recv(b.as_fd(), bytes), Ok(5));
            assert_eq!(sys::recv(b.as_fd(), bytes), Err(Errno::ECONNRESET));
            assert_eq!(sys::recv(b.as_fd(), bytes), Ok(5));
        });
        assert_eq!(bytes, b" here");
        assert_eq!(outcomes.len(), 4);
        assert_eq!(sys::send(a.as_fd(), b"x"), Err(Errno::ECONNRESET));
        assert_eq!(sys::recv(b.as_fd(), bytes), Err(Errno::EAGAIN));
        assert_eq!(faults.left(), 0);
    });
}
