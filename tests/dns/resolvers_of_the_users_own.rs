//! A resolver of the user's own stands in the system's place.

use uvox::Error;
use uvox::dns::{Answer, LookupAddress, LookupOptions, Resolver, System};
use uvox::env::{Env, next_tick};
use uvox::event_loop::Ctx;
use uvox_testing::{Seen, scenario};

/// Knows one name, and asks the system for all others.
struct OneName(&'static str, LookupAddress);

impl Resolver for OneName {
    fn lookup(&self, cx: &mut Ctx, hostname: &str, options: &LookupOptions, answer: Answer) {
        if hostname != self.0 {
            return System.lookup(cx, hostname, options, answer);
        }
        let address = self.1;
        next_tick(cx, move |cx| answer(cx, Ok(vec![address])));
    }
}

#[test]
fn one_name_and_the_rest() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let ip = "127.0.0.9".parse().unwrap();
        let resolver: Box<dyn Resolver> = Box::new(OneName("ours", LookupAddress { ip, zone: 0 }));
        let seen = Seen::new();
        for name in ["ours", "127.0.0.1", "\0"] {
            let record = seen.clone();
            let answer = move |_: &mut Ctx, found: Result<Vec<LookupAddress>, Error>| {
                record.add(match found {
                    Ok(found) => found[0].to_string(),
                    Err(error) => error.code().to_owned(),
                });
            };
            let options = LookupOptions::default();
            resolver.lookup(&mut env, name, &options, Box::new(answer));
        }
        env.run().unwrap();
        assert_eq!(seen.all(), ["127.0.0.9", "127.0.0.1", "EINVAL"]);
    });
}
