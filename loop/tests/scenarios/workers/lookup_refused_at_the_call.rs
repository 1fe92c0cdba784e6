//! What no resolver could answer is an error of the call, and nobody is called back.

use uvox_loop::{AddrHints, Errno};

use crate::common::{end, new_loop, scenario};

#[test]
fn lookup_refused_at_the_call() {
    scenario(|| {
        let mut lp = new_loop();
        let too_long = "a".repeat(256);
        // Few enough characters, but of two bytes each.
        let too_long_in_bytes = "é".repeat(128);
        for (node, service, errno) in [
            (None, None, Errno::EINVAL),
            (Some(""), None, Errno::EINVAL),
            (Some("local\0host"), None, Errno::EINVAL),
            (Some("localhost"), Some("8\0"), Errno::EINVAL),
            (
                Some(too_long.as_str()),
                None,
                Errno::from_raw(libc::ENAMETOOLONG),
            ),
            (
                Some(&too_long_in_bytes),
                None,
                Errno::from_raw(libc::ENAMETOOLONG),
            ),
        ] {
            let refused = lp.getaddrinfo(node, service, AddrHints::default(), |_, _| {
                panic!("called back")
            });
            assert_eq!(refused, Err(errno), "{node:?} {service:?}");
        }
        assert!(!lp.alive());
        end(lp);
    });
}

#[test]
fn the_longest_name_is_looked_up() {
    scenario(|| {
        let hints = AddrHints {
            flags: AddrHints::AI_NUMERICHOST,
            ..AddrHints::default()
        };
        let longest = "a".repeat(255);
        let result = super::lookup::look_up(Some(&longest), None, hints);
        assert_eq!(result, Err(Errno::EAI_NONAME));
    });
}
