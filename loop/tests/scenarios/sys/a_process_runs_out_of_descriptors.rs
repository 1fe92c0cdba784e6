//! With no descriptor left, whatever makes one says so, and a connection that cannot be accepted stays in the queue.

use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Domain, Type};

use super::support::{connecting_to, in_child, leave_room_for, listener, readable};
use crate::common::scenario;

#[test]
fn a_process_runs_out_of_descriptors() {
    let own = "sys::a_process_runs_out_of_descriptors::a_process_runs_out_of_descriptors";
    scenario(|| {
        in_child(own, || {
            let (listener, address) = listener();
            let client = connecting_to(address);
            readable(&listener);
            let mut fill = leave_room_for(0);
            let none = Some(Errno::EMFILE);
            assert_eq!(sys::accept(listener.as_fd()).err(), none);
            assert_eq!(sys::socket(Domain::IPV4, Type::STREAM, None).err(), none);
            assert_eq!(sys::pipe().err(), none);
            assert_eq!(sys::dup(client.as_fd()).err(), none);
            let pair = sys::socketpair(Domain::UNIX, Type::STREAM, None);
            assert_eq!(pair.err(), none);
            // One is too few for two, and the one that was made for a moment is not lost.
            fill.pop();
            assert_eq!(sys::pipe().err(), none);
            let (server, from) = sys::accept_with_address(listener.as_fd()).unwrap();
            assert_eq!(sys::getsockname(client.as_fd()), Ok(from));
            assert_eq!(sys::dup(server.as_fd()).err(), none);
        });
    });
}
