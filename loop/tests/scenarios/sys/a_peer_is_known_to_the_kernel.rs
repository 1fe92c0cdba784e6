//! Who is at the other end of a Unix-domain socket.

use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Domain, Type};

use super::support::pair;
use crate::common::scenario;

#[test]
fn a_peer_is_known_to_the_kernel() {
    scenario(|| {
        let (a, b) = pair();
        // A new file belongs to whom the process acts for.
        let file = tempfile::NamedTempFile::new().unwrap();
        let owner = file.as_file().metadata().unwrap().uid();
        for end in [&a, &b] {
            let peer = sys::peer_credentials(end.as_fd()).unwrap();
            assert_eq!(peer.user, owner);
            if cfg!(target_os = "linux") {
                assert_eq!(peer.process, Some(std::process::id() as i32));
            }
        }
        let alone = sys::socket(Domain::UNIX, Type::STREAM, None).unwrap();
        let nobody = sys::peer_credentials(alone.as_fd());
        assert_eq!(nobody, Err(Errno::ENOTCONN));
    });
}
