//! Whether a text is an IP address (`net.isIP`).

use std::net::{Ipv4Addr, Ipv6Addr};

/// 4 or 6 if the text is an IP address of that version, else 0 (`net.isIP`).
///
/// ```
/// use uvox::net::is_ip;
///
/// assert_eq!(is_ip("127.0.0.1"), 4);
/// assert_eq!(is_ip("fe80::1%eth0"), 6);
/// assert_eq!(is_ip("127.0.0.01"), 0);
/// assert_eq!(is_ip("localhost"), 0);
/// ```
pub fn is_ip(text: &str) -> u8 {
    if is_ipv4(text) {
        4
    } else if is_ipv6(text) {
        6
    } else {
        0
    }
}

/// Whether it is four decimal numbers up to 255, without leading zeros, with dots between them (`net.isIPv4`).
pub fn is_ipv4(text: &str) -> bool {
    text.parse::<Ipv4Addr>().is_ok()
}

/// Whether it is an IPv6 address, with a zone behind it or without (`net.isIPv6`).
pub fn is_ipv6(text: &str) -> bool {
    let (address, zone) = match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    };
    zone.is_none_or(is_zone) && address.parse::<Ipv6Addr>().is_ok()
}

fn is_zone(zone: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
    !zone.is_empty() && zone.bytes().all(fits)
}
