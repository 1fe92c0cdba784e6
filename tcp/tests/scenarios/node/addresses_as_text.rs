//! Addresses are written as libuv writes them, and a link-local one with the name of its interface.

use std::fs;
use std::net::{Ipv6Addr, SocketAddr};

use uvox_loop::{Loop, RunMode};
use uvox_stream::node::HandleWrap;
use uvox_tcp::node::{AddressInfo, SocketType, TcpWrap};
use uvox_tcp::uv::BindFlags;

use crate::common::{end, scenario};

/// What looks like an IPv4 address inside an IPv6 one is written as one, but not where the zeros before it reach into it.
#[test]
fn ipv4_inside_ipv6() {
    for (address, text) in [
        ("::", "::"),
        ("::1", "::1"),
        ("::2", "::2"),
        ("::0.0.0.5", "::5"),
        ("::0.0.255.255", "::ffff"),
        ("::0.1.0.0", "::0.1.0.0"),
        ("::1.2.3.4", "::1.2.3.4"),
        ("::ffff:0.0.0.5", "::ffff:0.0.0.5"),
        ("::ffff:1.2.3.4", "::ffff:1.2.3.4"),
        ("1::1.2.3.4", "1::102:304"),
        ("1:0:0:2::3", "1:0:0:2::3"),
        ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
    ] {
        let address = SocketAddr::from((address.parse::<Ipv6Addr>().unwrap(), 1));
        assert_eq!(AddressInfo::from(address).address, text);
    }
}

/// The link-local addresses of this machine, each with its interface, on Linux.
fn link_local() -> Vec<(Ipv6Addr, String)> {
    let known = fs::read_to_string("/proc/net/if_inet6").unwrap_or_default();
    let one = |line: &str| {
        let mut fields = line.split_whitespace();
        let bits = u128::from_str_radix(fields.next()?, 16).ok()?;
        Some((Ipv6Addr::from(bits), fields.last()?.to_owned()))
    };
    let all = known.lines().filter_map(one);
    all.filter(|(ip, _)| ip.is_unicast_link_local()).collect()
}

#[test]
fn a_link_local_address_shows_its_interface() {
    scenario(|| {
        let there = link_local();
        if there.is_empty() {
            println!("skipped: this machine is not known to have a link-local address");
        }
        for (ip, interface) in there {
            let text = format!("{ip}%{interface}");
            let mut lp = Loop::new().unwrap();
            let server = TcpWrap::new(&mut lp, SocketType::Server);
            server.bind6(&mut lp, &text, 0, BindFlags::NONE).unwrap();
            server.listen(&mut lp, 1).unwrap();
            let own = server.getsockname(&mut lp).unwrap();
            assert_eq!((own.address, own.family.as_str()), (text.clone(), "IPv6"));
            let client = TcpWrap::new(&mut lp, SocketType::Socket);
            let expected = text.clone();
            let begun = client.connect6(&mut lp, &text, own.port, move |cx, connected| {
                assert_eq!(connected.status, Ok(()));
                let peer = client.getpeername(cx).unwrap();
                assert_eq!((peer.address, peer.port), (expected, own.port));
                client.close(cx, |_| ());
                server.close(cx, |_| ());
            });
            begun.unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            assert!(client.unwrap(&lp).is_none());
            end(lp);
        }
    });
}
