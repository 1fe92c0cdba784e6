//! A socket's path may be somebody else's by the time it is removed; its identity tells.

use std::os::fd::AsFd;
use std::os::unix::fs::{MetadataExt, symlink};

use uvox_loop::Errno;
use uvox_loop::sys::{self, Domain, Type, UnixAddr};

use crate::common::scenario;

#[test]
fn a_path_is_removed_only_while_it_is_ours() {
    scenario(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("socket");
        let bind = || {
            let socket = sys::socket(Domain::UNIX, Type::STREAM, None).unwrap();
            sys::bind(socket.as_fd(), UnixAddr::from_path(&path).unwrap()).unwrap();
            socket
        };
        assert_eq!(sys::identity(&path), Err(Errno::ENOENT));
        let _first = bind();
        let first = sys::identity(&path).unwrap();
        assert_eq!(sys::identity(&path), Ok(first));

        // Another moves it away and binds to the path.
        std::fs::rename(&path, directory.path().join("away")).unwrap();
        let _second = bind();
        assert_ne!(sys::identity(&path), Ok(first));
        assert_eq!(sys::identity(directory.path().join("away")), Ok(first));

        // A link is itself, not what it leads to.
        let link = directory.path().join("link");
        symlink(&path, &link).unwrap();
        assert_ne!(sys::identity(&link), sys::identity(&path));

        sys::chmod(&path, 0o640).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().mode() & 0o777, 0o640);
        sys::unlink(&path).unwrap();
        assert_eq!(sys::unlink(&path), Err(Errno::ENOENT));
        assert_eq!(sys::chmod(&path, 0o600), Err(Errno::ENOENT));
        assert_eq!(sys::unlink("a\0b"), Err(Errno::EINVAL));
        let below = directory.path().join("away").join("below");
        assert_eq!(sys::unlink(below), Err(Errno::ENOTDIR));
    });
}
