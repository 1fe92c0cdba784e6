//! A listener without a descriptor for its next connection gives up one that it kept for that, and so gets rid of it.

use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys;

use super::support::{connecting_to, in_child, leave_room_for, listener, readable};
use crate::common::scenario;

#[test]
fn a_reserve_turns_a_connection_away() {
    let own = "sys::a_reserve_turns_a_connection_away::a_reserve_turns_a_connection_away";
    scenario(|| {
        in_child(own, || {
            let (listener, address) = listener();
            let mut reserve = sys::dup(listener.as_fd()).unwrap();
            let clients = [(); 2].map(|()| connecting_to(address));
            readable(&listener);
            let fill = leave_room_for(0);
            for _ in &clients {
                let none = sys::accept(listener.as_fd()).err();
                assert_eq!(none, Some(Errno::EMFILE));
                sys::close(reserve).unwrap();
                let connection = sys::accept(listener.as_fd()).unwrap();
                sys::close(connection).unwrap();
                reserve = sys::dup(listener.as_fd()).unwrap();
            }
            sys::close(reserve).unwrap();
            let none = sys::accept(listener.as_fd()).err();
            assert_eq!(none, Some(Errno::EAGAIN));
            // Nobody is left to wait for ever.
            drop(fill);
            for client in &clients {
                assert_eq!(sys::recv(readable(client).as_fd(), &mut [0]), Ok(0));
            }
        });
    });
}
