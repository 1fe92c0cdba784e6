//! Descriptors travel over a Unix-domain socket with the first byte sent with them, and arrive as duplicates.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use uvox_loop::Errno;
use uvox_loop::sys::{self, DESCRIPTORS_MAX};

use super::support::{pair, traced};
use crate::common::scenario;

/// Receives what is there.
fn receive(from: &OwnedFd, descriptors: &mut Vec<OwnedFd>) -> Vec<u8> {
    let mut bytes = [0; 64];
    let into = &mut [IoSliceMut::new(&mut bytes)];
    let received = sys::recv_descriptors(from.as_fd(), into, descriptors).unwrap();
    assert!(!received.truncated && !received.control_truncated);
    bytes[..received.count].to_vec()
}

#[test]
fn descriptors_are_passed_with_bytes() {
    scenario(|| {
        let (a, b) = pair();
        let pipes = [(); 3].map(|()| sys::pipe().unwrap());
        let writers: Vec<BorrowedFd<'_>> = pipes.iter().map(|pipe| pipe.1.as_fd()).collect();
        let two = [IoSlice::new(b"three "), IoSlice::new(b"pipes")];
        assert_eq!(sys::send_descriptors(a.as_fd(), &two, &writers), Ok(11));
        sys::send(a.as_fd(), b" and more").unwrap();

        let mut arrived = Vec::new();
        let mut bytes = receive(&b, &mut arrived);
        assert_eq!(arrived.len(), 3);
        assert!(bytes.starts_with(b"three pipes"));
        if bytes.len() == 11 {
            bytes.extend(receive(&b, &mut arrived));
        }
        assert_eq!(bytes, b"three pipes and more");
        assert_eq!(arrived.len(), 3);
        // In order, and each the same pipe's end as the one that was sent.
        for (i, writer) in arrived.iter().enumerate() {
            sys::write(writer.as_fd(), &[i as u8]).unwrap();
        }
        for (i, (reader, _)) in pipes.iter().enumerate() {
            let byte = &mut [9];
            assert_eq!(sys::read(reader.as_fd(), byte), Ok(1));
            assert_eq!(byte[0], i as u8);
        }
    });
}

#[test]
fn a_descriptor_that_nobody_takes_is_closed() {
    scenario(|| {
        let (a, b) = pair();
        let (reader, writer) = sys::pipe().unwrap();
        let one = [IoSlice::new(b"x")];
        let byte = &mut [0];
        for plainly in [true, false] {
            let with = [writer.as_fd(), writer.as_fd()];
            sys::send_descriptors(a.as_fd(), &one, &with).unwrap();
            // Either the kernel drops them, or we do.
            let (count, closed) = traced("close", || {
                if plainly {
                    return sys::recv(b.as_fd(), byte).unwrap();
                }
                let into = &mut [IoSliceMut::new(byte)];
                sys::recvmsg(b.as_fd(), into, None).unwrap().count
            });
            assert_eq!(count, 1);
            assert_eq!(closed.len(), if plainly { 0 } else { 2 });
        }
        // Now only we have the end to write to, so when it is gone the other sees the end.
        drop(writer);
        assert_eq!(sys::read(reader.as_fd(), byte), Ok(0));
    });
}

#[test]
fn too_many_descriptors_or_no_byte_to_carry_them_is_a_mistake() {
    scenario(|| {
        let (a, b) = pair();
        let one = [IoSlice::new(b"x")];
        let send = |bytes: &[IoSlice<'_>], count| {
            sys::send_descriptors(a.as_fd(), bytes, &vec![a.as_fd(); count])
        };
        assert_eq!(send(&one, DESCRIPTORS_MAX + 1), Err(Errno::EINVAL));
        assert_eq!(send(&[], 1), Err(Errno::EINVAL));
        assert_eq!(send(&[IoSlice::new(b"")], 1), Err(Errno::EINVAL));
        assert_eq!(send(&one, 0), Ok(1));
        let mut arrived = Vec::new();
        assert_eq!(receive(&b, &mut arrived), b"x");
        assert!(arrived.is_empty());
        if cfg!(target_os = "linux") {
            assert_eq!(send(&one, DESCRIPTORS_MAX), Ok(1));
            assert_eq!(receive(&b, &mut arrived), b"x");
            assert_eq!(arrived.len(), DESCRIPTORS_MAX);
        }
    });
}
