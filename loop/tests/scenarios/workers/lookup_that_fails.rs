//! What the resolver says it cannot find, or does not understand, reaches `done` under libuv's names and numbers.

use uvox_loop::{AddrHints, Errno};

use super::lookup::look_up;
use crate::common::scenario;

#[test]
fn a_name_where_digits_must_be() {
    scenario(|| {
        let hints = AddrHints {
            flags: AddrHints::AI_NUMERICHOST,
            ..AddrHints::default()
        };
        let errno = look_up(Some("localhost"), None, hints).unwrap_err();
        assert_eq!(errno, Errno::EAI_NONAME);
        assert_eq!((errno.name(), errno.raw()), ("EAI_NONAME", 3008));
    });
}

#[test]
fn an_unknown_service() {
    scenario(|| {
        let hints = AddrHints {
            socket_type: AddrHints::SOCK_STREAM,
            flags: AddrHints::AI_NUMERICHOST,
            ..AddrHints::default()
        };
        let errno = look_up(Some("127.0.0.1"), Some("no-such-service"), hints).unwrap_err();
        // POSIX says the first, the older systems the second.
        assert!(
            [Errno::EAI_SERVICE, Errno::EAI_NONAME].contains(&errno),
            "{errno}"
        );

        let digits = AddrHints {
            flags: AddrHints::AI_NUMERICHOST | AddrHints::AI_NUMERICSERV,
            ..hints
        };
        let errno = look_up(Some("127.0.0.1"), Some("http"), digits).unwrap_err();
        assert_eq!(errno, Errno::EAI_NONAME);
    });
}

#[test]
fn hints_that_make_no_sense() {
    scenario(|| {
        let with = |change: fn(&mut AddrHints)| {
            let mut hints = AddrHints::default();
            change(&mut hints);
            look_up(Some("127.0.0.1"), Some("1"), hints).unwrap_err()
        };
        assert_eq!(with(|hints| hints.family = 9999), Errno::EAI_FAMILY);
        assert_eq!(with(|hints| hints.socket_type = 9999), Errno::EAI_SOCKTYPE);
        assert_eq!(with(|hints| hints.flags = 1 << 30), Errno::EAI_BADFLAGS);
    });
}
