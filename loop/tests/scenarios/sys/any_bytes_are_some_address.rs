//! What the kernel or a peer calls an address is read without a chance to fail, and real ones are kept to the last bit.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use proptest::prelude::*;
use uvox_loop::sys::{Address, RawAddress, UnixAddr};

proptest! {
    #[test]
    fn any_bytes_are_some_address(
        family in prop_oneof![
            Just(libc::AF_UNIX), Just(libc::AF_INET), Just(libc::AF_INET6), 0..64i32,
        ],
        rest in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut bytes = if cfg!(target_os = "linux") {
            (family as u16).to_ne_bytes().to_vec()
        } else {
            vec![rest.len() as u8, family as u8]
        };
        bytes.extend(rest);
        let raw = RawAddress::from_bytes(&bytes);
        let address = raw.get().unwrap();
        // Written and read again it is the same; a printed form there is always.
        prop_assert_eq!(RawAddress::from(address).get(), Some(address));
        let _ = (address.to_string(), format!("{address:?} {raw:?}"));
        prop_assert_eq!(raw.ip(), address.ip());
        for short in 0..4.min(bytes.len()) {
            let raw = RawAddress::from_bytes(&bytes[..short]);
            prop_assert!(short >= 2 || raw.get().is_none());
            prop_assert_eq!(raw.ip(), None);
        }
    }

    #[test]
    fn an_ip_address_comes_back_whole(
        v4 in any::<u32>(), v6 in any::<u128>(), port in any::<u16>(),
        flow in any::<u32>(), scope in any::<u32>(),
    ) {
        let v4 = SocketAddrV4::new(Ipv4Addr::from_bits(v4), port);
        let v6 = SocketAddrV6::new(Ipv6Addr::from_bits(v6), port, flow, scope);
        for address in [SocketAddr::from(v4), SocketAddr::from(v6)] {
            let raw = RawAddress::from(address);
            prop_assert_eq!(raw.ip(), Some(address));
            prop_assert_eq!(raw.get(), Some(Address::Ip(address)));
            prop_assert_eq!(RawAddress::from_bytes(raw.as_bytes()), raw);
        }
    }

    #[test]
    fn a_path_comes_back_whole(path in "[^\0]{1,104}") {
        match UnixAddr::from_path(&path) {
            Ok(address) => {
                prop_assert_eq!(RawAddress::from(address).get(), Some(Address::Unix(address)));
                prop_assert_eq!(address.path().unwrap().to_str(), Some(&*path));
            }
            Err(_) => prop_assert!(path.len() > 104),
        }
    }
}
