//! Of passed descriptors a process may have room for some. Then none arrives, none leaks, and the bytes do arrive.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::AsFd;

use uvox_loop::sys;

use super::support::{in_child, leave_room_for, pair};
use crate::common::{open_descriptors, scenario};

#[test]
fn descriptors_that_do_not_fit_are_closed() {
    let own = "sys::descriptors_that_do_not_fit_are_closed::descriptors_that_do_not_fit_are_closed";
    scenario(|| {
        in_child(own, || {
            let (a, b) = pair();
            let (reader, writer) = sys::pipe().unwrap();
            let with = [writer.as_fd(); 4];
            let one = [IoSlice::new(b"x")];
            sys::send_descriptors(a.as_fd(), &one, &with).unwrap();
            let fill = leave_room_for(2);
            let before = open_descriptors();

            let byte = &mut [0];
            let mut arrived = Vec::new();
            let into = &mut [IoSliceMut::new(byte)];
            let received = sys::recv_descriptors(b.as_fd(), into, &mut arrived).unwrap();
            assert_eq!((received.count, received.control_truncated), (1, true));
            assert!(arrived.is_empty());
            assert_eq!(byte, b"x");
            assert_eq!(open_descriptors(), before);

            // With room for them, they all arrive.
            sys::send_descriptors(a.as_fd(), &one, &with).unwrap();
            drop(fill);
            let into = &mut [IoSliceMut::new(byte)];
            let received = sys::recv_descriptors(b.as_fd(), into, &mut arrived).unwrap();
            assert_eq!((arrived.len(), received.control_truncated), (4, false));
            drop((arrived, writer));
            assert_eq!(sys::read(reader.as_fd(), byte), Ok(0), "no copy is left");
        });
    });
}
