//! Addresses are found in the next tick; names are found by the system; what cannot be asked is told in a tick, too, and never inside the call.

use uvox::dns::{Family, Hints, LookupOptions, Order, lookup, lookup_all, lookup_service};
use uvox::env::{Env, enter, next_tick};
use uvox_testing::{Seen, scenario};

fn options(family: Family) -> LookupOptions {
    LookupOptions {
        family,
        ..LookupOptions::default()
    }
}

#[test]
fn an_address_is_found_in_the_next_tick() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        enter(&mut env, |cx| {
            let before = record.clone();
            next_tick(cx, move |_| before.add("a tick before".to_owned()));
            for (name, family) in [("127.0.0.1", Family::V6), ("::1", Family::V4)] {
                let record = record.clone();
                lookup(cx, name, options(family), move |_, found| {
                    let found = found.unwrap();
                    record.add(format!("{found} {}", found.family()));
                });
            }
            record.add("asked".to_owned());
        });
        assert_eq!(
            seen.all(),
            ["asked", "a tick before", "127.0.0.1 4", "::1 6"]
        );
        let record = seen.clone();
        lookup_all(
            &mut env,
            "fe80::1%4294967295",
            options(Family::Any),
            move |_, found| {
                let found = found.unwrap();
                assert_eq!(
                    found[0].with_port(80).to_string(),
                    "[fe80::1%4294967295]:80"
                );
                record.add(found[0].to_string());
            },
        );
        env.run().unwrap();
        assert_eq!(seen.all().last().unwrap(), "fe80::1%4294967295");
    });
}

#[test]
fn localhost_is_here() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let wanted = LookupOptions {
            order: Order::V4First,
            hints: Hints::ADDRCONFIG | Hints::V4MAPPED,
            family: Family::Any,
        };
        enter(&mut env, |cx| {
            lookup_all(cx, "localhost", wanted, move |cx, found| {
                let found = found.unwrap();
                assert!(!found.is_empty() && found.iter().all(|one| one.ip.is_loopback()));
                assert!(found.is_sorted_by_key(|one| one.family()));
                record.add("found");
                // It is a scope: the tick comes before anything else.
                next_tick(cx, move |_| record.add("tick"));
            });
        });
        assert!(seen.is_empty());
        let record = seen.clone();
        let address = "127.0.0.1".parse().unwrap();
        lookup_service(&mut env, address, 22, move |_, found| {
            let found = found.unwrap();
            assert!(!found.host.is_empty() && !found.service.is_empty());
            record.add("service");
        });
        env.run().unwrap();
        let mut seen = seen.all();
        seen.sort_unstable();
        assert_eq!(seen, ["found", "service", "tick"]);
    });
}

/// `.invalid` is nobody's for ever. Without a network the system may say that it cannot find out now.
#[test]
fn a_name_that_cannot_be() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        for family in [Family::Any, Family::V4, Family::V6] {
            let wanted = LookupOptions {
                family,
                hints: Hints::ADDRCONFIG | Hints::V4MAPPED | Hints::ALL,
                ..LookupOptions::default()
            };
            let (one, all) = (seen.clone(), seen.clone());
            lookup(&mut env, "nobody.invalid", wanted, move |_, found| {
                one.add(found.unwrap_err());
            });
            lookup_all(&mut env, "nobody.invalid", wanted, move |_, found| {
                all.add(found.unwrap_err());
            });
        }
        assert!(seen.is_empty());
        env.run().unwrap();
        assert_eq!(seen.len(), 6);
        for error in seen.all() {
            let code = error.code();
            assert!(["ENOTFOUND", "EAI_AGAIN"].contains(&code), "{code}");
            assert_eq!(
                error.to_string(),
                format!("getaddrinfo {code} nobody.invalid")
            );
        }
    });
}

/// By a name that the system looks up, there and back.
#[test]
fn connected_to_localhost() {
    use uvox::net::{self, ConnectOptions, ListenOptions, ServerOptions};
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        enter(&mut env, |cx| {
            let server = net::create_server(cx, ServerOptions::new(), |cx, server, socket| {
                socket.end_with(cx, "here");
                socket.resume(cx);
                server.close(cx);
            });
            let listening = move |cx: &mut _, server: net::Server| {
                let options = ConnectOptions::port(server.port(cx).unwrap())
                    .host("localhost")
                    .family(Family::V4)
                    .hints(Hints::ADDRCONFIG);
                let socket = net::connect(cx, options).unwrap();
                let looked = record.clone();
                socket.on_lookup(cx, move |_, _, looked_up| {
                    looked.add(format!("{} {}", looked_up.host, looked_up.found.is_ok()));
                });
                socket.on_data(cx, move |_, _, chunk| {
                    record.add(chunk.as_bytes().escape_ascii().to_string());
                });
            };
            let here = ListenOptions::port(0).host("127.0.0.1");
            server.listen_then(cx, here, listening).unwrap();
        });
        env.run().unwrap();
        assert_eq!(seen.all(), ["localhost true", "here"]);
    });
}

#[test]
fn what_cannot_be_asked() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        for name in ["a\0b", &"a".repeat(300), ""] {
            let record = seen.clone();
            lookup(&mut env, name, options(Family::Any), move |_, found| {
                record.add(found.unwrap_err().code().to_owned());
            });
        }
        assert!(seen.is_empty());
        env.run().unwrap();
        assert_eq!(seen.all(), ["EINVAL", "ENAMETOOLONG", "EINVAL"]);
    });
}
