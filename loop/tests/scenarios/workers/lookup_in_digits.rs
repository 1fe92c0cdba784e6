//! Addresses in digits are found without asking anybody: of both families, for each type of socket, with and without a service.

use std::net::SocketAddr;

use uvox_loop::{AddrHints, Errno};

use super::lookup::{addresses, look_up};
use crate::common::scenario;

const STREAM: AddrHints = AddrHints {
    family: AddrHints::AF_UNSPEC,
    socket_type: AddrHints::SOCK_STREAM,
    protocol: 0,
    flags: AddrHints::AI_NUMERICHOST,
};

#[test]
fn lookup_in_digits() {
    scenario(|| {
        for (node, service, expected) in [
            ("127.0.0.1", Some("8080"), "127.0.0.1:8080"),
            ("10.1.2.3", None, "10.1.2.3:0"),
            ("::1", Some("443"), "[::1]:443"),
            ("2001:db8::7", None, "[2001:db8::7]:0"),
        ] {
            let expected: SocketAddr = expected.parse().unwrap();
            let found = look_up(Some(node), service, STREAM).unwrap();
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].address, expected);
            assert_eq!(found[0].socket_type, AddrHints::SOCK_STREAM);
            assert_eq!(found[0].canonical_name, None);
            let family = if expected.is_ipv4() {
                AddrHints::AF_INET
            } else {
                AddrHints::AF_INET6
            };
            assert_eq!(found[0].family, family);
        }
    });
}

#[test]
fn without_a_type_there_is_one_of_each() {
    scenario(|| {
        let found = look_up(Some("127.0.0.1"), Some("53"), AddrHints::default()).unwrap();
        assert!(found.len() >= 2);
        for socket_type in [AddrHints::SOCK_STREAM, AddrHints::SOCK_DGRAM] {
            assert!(found.iter().any(|info| info.socket_type == socket_type));
        }
        assert!(
            found
                .iter()
                .all(|info| info.protocol != 0 || info.socket_type == AddrHints::SOCK_RAW)
        );
    });
}

#[test]
fn the_family_counts() {
    scenario(|| {
        let v4 = AddrHints {
            family: AddrHints::AF_INET,
            ..STREAM
        };
        let errno = look_up(Some("::1"), None, v4).unwrap_err();
        // Systems differ in which of the two it is.
        assert!(
            [Errno::EAI_ADDRFAMILY, Errno::EAI_NONAME].contains(&errno),
            "{errno}"
        );
        let found = look_up(Some("127.0.0.1"), None, v4).unwrap();
        assert_eq!(addresses(&found), ["127.0.0.1:0"]);
        let mapped = AddrHints {
            family: AddrHints::AF_INET6,
            flags: AddrHints::AI_NUMERICHOST | AddrHints::AI_V4MAPPED,
            ..STREAM
        };
        if AddrHints::AI_V4MAPPED != 0 {
            let found = look_up(Some("127.0.0.1"), None, mapped).unwrap();
            assert_eq!(addresses(&found), ["[::ffff:127.0.0.1]:0"]);
        }
    });
}
