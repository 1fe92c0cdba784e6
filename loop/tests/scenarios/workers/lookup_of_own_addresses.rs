//! Without a node, the addresses are this machine's: to bind to if passive, to connect to otherwise.

use uvox_loop::AddrHints;

use super::lookup::{addresses, look_up};
use crate::common::scenario;

#[test]
fn lookup_of_own_addresses() {
    scenario(|| {
        let connect = AddrHints {
            family: AddrHints::AF_INET,
            socket_type: AddrHints::SOCK_DGRAM,
            flags: AddrHints::AI_NUMERICSERV,
            ..AddrHints::default()
        };
        let bind = AddrHints {
            flags: AddrHints::AI_NUMERICSERV | AddrHints::AI_PASSIVE,
            ..connect
        };
        let found = look_up(None, Some("7"), connect).unwrap();
        assert_eq!(addresses(&found), ["127.0.0.1:7"]);
        let found = look_up(None, Some("7"), bind).unwrap();
        assert_eq!(addresses(&found), ["0.0.0.0:7"]);
        let bind = AddrHints {
            family: AddrHints::AF_INET6,
            ..bind
        };
        let found = look_up(None, Some("7"), bind).unwrap();
        assert_eq!(addresses(&found), ["[::]:7"]);
    });
}
