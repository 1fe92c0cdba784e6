//! A link-local address without a scope is looked for where the machine has one of that kind.

use std::net::{SocketAddr, SocketAddrV6};

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::link_local_scope;
use uvox_loop::trace::{self, Recorder, Value};
use uvox_loop::{Errno, Loop};
use uvox_tcp::uv::Tcp;

use crate::common::{close_and_end, has_ipv6, scenario};

#[test]
fn a_scope_is_found() {
    scenario(|| {
        if !has_ipv6() {
            return;
        }
        let host = "fe80::1".parse().unwrap();
        let with_scope = |scope| SocketAddr::from(SocketAddrV6::new(host, 80, 0, scope));
        let found = link_local_scope().unwrap_or(0);
        // One that is given is kept.
        for (given, used) in [(0, found), (7, 7)] {
            let mut lp = Loop::new().unwrap();
            let recorder = Recorder::new();
            trace::set(recorder.clone());
            // The kernel does not get to see it: nobody is to be disturbed.
            let fail = Effect::Fail(Errno::ENETUNREACH);
            let faults = fault::plan([Fault::new("connect", 1, fail)]);
            let tcp = Tcp::new(&mut lp);
            let result = tcp.connect(&mut lp, with_scope(given), |_, _, _| ());
            assert_eq!((result, faults.left()), (Err(Errno::ENETUNREACH), 0));
            trace::take();
            let tried: Vec<_> = recorder
                .events()
                .into_iter()
                .filter(|event| event.name == "tcp.connect")
                .flat_map(|event| event.args)
                .filter(|(name, _)| *name == "address")
                .map(|(_, address)| address)
                .collect();
            assert_eq!(tried, [Value::from(with_scope(used).to_string())]);
            close_and_end(lp, &[tcp]);
        }
    });
}
