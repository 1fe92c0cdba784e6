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
