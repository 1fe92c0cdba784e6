//! A thousand buffers with one call, and one too many: the caller is told, and nothing is sent.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, IOV_MAX};

use super::support::pair;
use crate::common::scenario;

#[test]
fn as_many_buffers_as_the_system_takes() {
    scenario(|| {
        let (a, b) = pair();
        let many = vec![IoSlice::new(b"xy"); IOV_MAX];
        let more = vec![IoSlice::new(b"xy"); IOV_MAX + 1];
        let bytes = &mut vec![0; 4 * IOV_MAX];
        assert_eq!(sys::sendv(a.as_fd(), &many), Ok(2 * IOV_MAX));
        assert_eq!(sys::writev(a.as_fd(), &many), Ok(2 * IOV_MAX));
        let mut into: Vec<_> = bytes.chunks_mut(4).map(IoSliceMut::new).collect();
        assert_eq!(sys::readv(b.as_fd(), &mut into), Ok(4 * IOV_MAX));
        assert_eq!(*bytes, b"xy".repeat(2 * IOV_MAX));

        assert_eq!(sys::sendv(a.as_fd(), &more), Err(Errno::EMSGSIZE));
        assert_eq!(sys::writev(a.as_fd(), &more), Err(Errno::EINVAL));
        assert_eq!(sys::bytes_readable(b.as_fd()), Ok(0));
        assert_eq!(sys::sendv(a.as_fd(), &[]), Ok(0));
        assert_eq!(sys::writev(a.as_fd(), &[]), Ok(0));
    });
}
