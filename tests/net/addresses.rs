//! What is an address and what is not, as Node has it.

use uvox::net::{is_ip, is_ipv4, is_ipv6};
use uvox_testing::scenario;

use crate::node::{Noise, ask};

#[test]
fn some_that_are_known() {
    for (text, version) in [
        ("0.0.0.0", 4),
        ("255.255.255.255", 4),
        ("256.0.0.1", 0),
        ("1.2.3", 0),
        ("1.2.3.4.5", 0),
        ("01.2.3.4", 0),
        (" 1.2.3.4", 0),
        ("::", 6),
        ("::1", 6),
        ("1:2:3:4:5:6:7:8", 6),
        ("1:2:3:4:5:6:7::", 6),
        ("1::2::3", 0),
        ("::ffff:1.2.3.4", 6),
        ("::1%", 0),
        ("fe80::1%eth0.1:2-3", 6),
        ("fe80::1%eth/0", 0),
        ("12345::", 0),
        ("", 0),
        ("localhost", 0),
    ] {
        assert_eq!(is_ip(text), version, "{text}");
        assert_eq!((is_ipv4(text), is_ipv6(text)), (version == 4, version == 6));
    }
}

/// Alone in the process, as what opens descriptors is.
#[test]
fn random_texts_as_node_judges_them() {
    scenario(random_texts);
}

fn random_texts() {
    let mut noise = Noise::new(3);
    let parts = [
        "0", "1", "25", "255", "256", "ffff", "abc", "::", ":", ":", ":", ".", ".", "%a", "g",
    ];
    let mut texts: Vec<String> = Vec::new();
    for _ in 0..4000 {
        let length = 1 + noise.below(16);
        texts.push(
            (0..length)
                .map(|_| parts[noise.below(parts.len())])
                .collect(),
        );
    }
    let code = format!("for (const t of {texts:?}) console.log(require('net').isIP(t))");
    let Some(lines) = ask(&code) else { return };
    assert!(lines.iter().any(|line| line == "6"));
    for (text, line) in texts.iter().zip(lines) {
        assert_eq!(is_ip(text).to_string(), line, "{text}");
    }
}
