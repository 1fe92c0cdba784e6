//! Block lists block what Node's do.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use uvox::net::BlockList;
use uvox_testing::scenario;

use crate::node::{Noise, ask};

fn family(address: IpAddr) -> &'static str {
    if address.is_ipv4() { "ipv4" } else { "ipv6" }
}

/// Addresses that have much in common.
fn address(noise: &mut Noise) -> IpAddr {
    let mut byte = || [0, 1, 127, 128, 255][noise.below(5)];
    let v4 = Ipv4Addr::new(10, byte(), byte(), byte());
    match noise.below(3) {
        0 => v4.into(),
        1 => v4.to_ipv6_mapped().into(),
        _ => {
            let mut segment = || [0, 1, 0x8000, 0xffff][noise.below(4)];
            let (a, b, c) = (segment(), segment(), segment());
            Ipv6Addr::new(0xfe80, a, 0, 0, b, 0, 0, c).into()
        }
    }
}

/// Alone in the process, as what opens descriptors is.
#[test]
fn random_lists_as_node_has_them() {
    scenario(random_lists);
}

fn random_lists() {
    let mut noise = Noise::new(11);
    let mut code = String::from("const { BlockList } = require('net');\n");
    let mut ours = Vec::new();
    for _ in 0..300 {
        let mut list = BlockList::new();
        code += "{ const l = new BlockList();\n";
        for _ in 0..3 {
            let one = address(&mut noise);
            let family = family(one);
            match noise.below(3) {
                0 => {
                    list.add_address(one);
                    code += &format!("l.addAddress('{one}', '{family}');\n");
                }
                1 => {
                    let other = address(&mut noise);
                    if list.add_range(one, other).is_ok() {
                        code += &format!("l.addRange('{one}', '{other}', '{family}');\n");
                    }
                }
                _ => {
                    let prefix = noise.below(if one.is_ipv4() { 33 } else { 129 }) as u8;
                    list.add_subnet(one, prefix).unwrap();
                    code += &format!("l.addSubnet('{one}', {prefix}, '{family}');\n");
                }
            }
        }
        for _ in 0..10 {
            let one = address(&mut noise);
            let family = family(one);
            ours.push((list.check(one).to_string(), format!("{:?} {one}", list)));
            code += &format!("console.log(l.check('{one}', '{family}'));\n");
        }
        code += "}\n";
    }
    let Some(lines) = ask(&code) else { return };
    for ((ours, what), line) in ours.iter().zip(lines) {
        assert_eq!(*ours, line, "{what}");
    }
}

#[test]
fn what_does_not_fit() {
    let mut list = BlockList::new();
    let [one, two]: [IpAddr; 2] = ["10.0.0.1", "10.0.0.2"].map(|text| text.parse().unwrap());
    let refused = list.add_range(two, one).unwrap_err();
    assert_eq!(refused.code(), "ERR_INVALID_ARG_VALUE");
    assert!(list.add_range(one, "::1".parse().unwrap()).is_err());
    assert_eq!(
        list.add_subnet(one, 33).unwrap_err().code(),
        "ERR_OUT_OF_RANGE"
    );
    assert_eq!(list.rules().count(), 0);
    list.add_range(one, one).unwrap();
    list.add_subnet("::".parse().unwrap(), 0).unwrap();
    list.add_address(two);
    let rules: Vec<String> = list.rules().map(ToString::to_string).collect();
    let expected = [
        "Address: IPv4 10.0.0.2",
        "Subnet: IPv6 ::/0",
        "Range: IPv4 10.0.0.1-10.0.0.1",
    ];
    assert_eq!(rules, expected);
}
