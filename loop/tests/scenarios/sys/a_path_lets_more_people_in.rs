//! Bits are added to a socket's mode, and those that were there stay.

use std::os::fd::AsFd;
use std::os::unix::fs::symlink;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Domain, Type, UnixAddr};

use crate::common::scenario;

#[test]
fn a_path_lets_more_people_in() {
    scenario(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        assert_eq!(sys::mode(&path), Err(Errno::ENOENT));
        let socket = sys::socket(Domain::UNIX, Type::STREAM, None).unwrap();
        sys::bind(socket.as_fd(), UnixAddr::from_path(&path).unwrap()).unwrap();
        sys::chmod(&path, 0o600).unwrap();
        assert_eq!(sys::mode(&path), Ok(0o600));
        sys::chmod(&path, sys::mode(&path).unwrap() | 0o022).unwrap();
        assert_eq!(sys::mode(&path), Ok(0o622));

        // A link leads to what it is about, for both.
        let link = directory.path().join("link");
        symlink(&path, &link).unwrap();
        assert_eq!(sys::mode(&link), Ok(0o622));
        sys::chmod(&link, 0o644).unwrap();
        assert_eq!(sys::mode(&path), Ok(0o644));

        // All the bits there are, and nothing of what sort of file it is.
        sys::chmod(&path, 0o1777).unwrap();
        assert_eq!(sys::mode(&path), Ok(0o1777));
        assert_eq!(sys::mode("a\0b"), Err(Errno::EINVAL));
    });
}
