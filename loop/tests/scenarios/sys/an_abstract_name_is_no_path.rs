//! Linux's names beside the file system: any bytes, told from paths and from no name.

#![cfg(target_os = "linux")]

use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Domain, Type, UnixAddr, UnixName};

use super::support::readable;
use crate::common::scenario;

fn unbound() -> std::os::fd::OwnedFd {
    sys::socket(Domain::UNIX, Type::STREAM, None).unwrap()
}

#[test]
fn an_abstract_name_is_no_path() {
    scenario(|| {
        let own = std::process::id();
        for name in [format!("uvox-{own}"), format!("uvox\0\0{own}\0")] {
            let address = UnixAddr::from_abstract(&name).unwrap();
            assert_eq!(address.name(), UnixName::Abstract(name.as_bytes()));
            assert_eq!(address.path(), None);
            let listener = unbound();
            sys::bind(listener.as_fd(), address).unwrap();
            sys::listen(listener.as_fd(), 1).unwrap();
            let bound = sys::getsockname(listener.as_fd()).unwrap().get().unwrap();
            assert_eq!(bound.unix(), Some(address));
            let client = unbound();
            sys::connect(client.as_fd(), address).unwrap();
            let peer = sys::getpeername(client.as_fd()).unwrap().get().unwrap();
            assert_eq!(peer.unix(), Some(address));
            sys::accept(readable(&listener).as_fd()).unwrap();
        }
        assert_eq!(
            UnixAddr::from_abstract("x").unwrap().to_string(),
            "@x",
            "as tools print it"
        );
        UnixAddr::from_abstract([b'n'; 107]).unwrap();
        assert_eq!(
            UnixAddr::from_abstract([b'n'; 108]),
            Err(Errno::ENAMETOOLONG)
        );
    });
}

#[test]
fn without_a_name_the_kernel_chooses_one() {
    scenario(|| {
        let socket = unbound();
        let before = sys::getsockname(socket.as_fd()).unwrap().get().unwrap();
        assert_eq!(before.unix(), Some(UnixAddr::UNNAMED));
        assert_eq!(before.to_string(), "");
        sys::bind(socket.as_fd(), UnixAddr::UNNAMED).unwrap();
        let after = sys::getsockname(socket.as_fd()).unwrap().get().unwrap();
        assert!(matches!(
            after.unix().unwrap().name(),
            UnixName::Abstract([_, ..])
        ));
    });
}
