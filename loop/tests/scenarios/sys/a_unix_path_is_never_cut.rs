//! Unix-domain sockets with a path: as long as the system takes, and not a byte longer.

use std::os::fd::AsFd;
use std::path::Path;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Address, Domain, Type, UnixAddr, UnixName};

use super::support::readable;
use crate::common::scenario;

const LONGEST: usize = if cfg!(target_os = "linux") { 108 } else { 104 };

#[test]
fn a_unix_path_is_never_cut() {
    scenario(|| {
        let directory = tempfile::tempdir().unwrap();
        let free = LONGEST - directory.path().as_os_str().len() - 1;
        for length in [1, free - 1, free] {
            listens_at(&directory.path().join("p".repeat(length)));
        }
        let long = directory.path().join("p".repeat(free + 1));
        assert_eq!(UnixAddr::from_path(&long), Err(Errno::ENAMETOOLONG));
        assert!(!directory.path().join("p".repeat(free - 2)).exists());
        assert_eq!(UnixAddr::from_path(""), Err(Errno::EINVAL));
        assert_eq!(UnixAddr::from_path("a\0b"), Err(Errno::EINVAL));
    });
}

/// Binds to a path, connects to it, and asks both ends who they are.
fn listens_at(path: &Path) {
    let address = UnixAddr::from_path(path).unwrap();
    let listener = sys::socket(Domain::UNIX, Type::STREAM, None).unwrap();
    sys::bind(listener.as_fd(), address).unwrap();
    sys::listen(listener.as_fd(), 1).unwrap();
    let own = sys::getsockname(listener.as_fd()).unwrap();
    assert_eq!(own.get(), Some(Address::Unix(address)));
    assert_eq!(own.get().unwrap().to_string(), path.to_str().unwrap());
    assert!(path.exists(), "the whole path, not a part of it");

    let client = sys::socket(Domain::UNIX, Type::STREAM, None).unwrap();
    sys::connect(client.as_fd(), address).unwrap();
    let peer = sys::getpeername(client.as_fd()).unwrap();
    assert_eq!(
        peer.get()
            .and_then(|peer| peer.unix()?.path().map(Path::to_owned)),
        Some(path.to_owned())
    );
    let (_server, from) = sys::accept_with_address(readable(&listener).as_fd()).unwrap();
    let from = from.get().and_then(|from| from.unix());
    assert_eq!(from.unwrap_or(UnixAddr::UNNAMED).name(), UnixName::Unnamed);
    assert_eq!(
        sys::bind(client.as_fd(), address),
        Err(Errno::EADDRINUSE),
        "somebody is there"
    );
}
