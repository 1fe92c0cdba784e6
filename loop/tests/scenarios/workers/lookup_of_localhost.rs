//! A name is looked up, with its canonical name if asked for.

use uvox_loop::AddrHints;

use super::lookup::{addresses, look_up};
use crate::common::scenario;

#[test]
fn lookup_of_localhost() {
    scenario(|| {
        let hints = AddrHints {
            family: AddrHints::AF_INET,
            socket_type: AddrHints::SOCK_STREAM,
            flags: AddrHints::AI_CANONNAME,
            ..AddrHints::default()
        };
        let found = look_up(Some("localhost"), Some("80"), hints).unwrap();
        assert!(addresses(&found).contains(&"127.0.0.1:80".to_owned()));
        assert_eq!(found[0].canonical_name.as_deref(), Some("localhost"));
    });
}
