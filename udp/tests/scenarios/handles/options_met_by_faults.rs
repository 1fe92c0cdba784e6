//! Whatever sets or reads an option passes through the door: a fault meets it, and the trace tells of it.

use std::net::{IpAddr, Ipv4Addr, UdpSocket};

use uvox_loop::sys::Domain;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Ctx, Errno, Loop};
use uvox_udp::uv::{BindFlags, Interface, Membership, Udp};

use crate::common::{any_port, close_and_end, hosts, scenario};

type Step = fn(&mut Ctx, Udp) -> Result<(), Errno>;

/// What can be done to a handle of either version, and by which call.
const STEPS: [(&str, Step); 9] = [
    ("setsockopt", |cx, udp| udp.set_ttl(cx, 9)),
    ("setsockopt", |cx, udp| udp.set_multicast_ttl(cx, 9)),
    ("setsockopt", |cx, udp| udp.set_multicast_loop(cx, false)),
    ("setsockopt", |cx, udp| {
        udp.set_multicast_interface(cx, Interface::Any)
    }),
    ("setsockopt", |cx, udp| udp.set_broadcast(cx, true)),
    ("setsockopt", |cx, udp| udp.set_send_buffer_size(cx, 20_000)),
    ("setsockopt", |cx, udp| {
        udp.set_receive_buffer_size(cx, 20_000)
    }),
    ("getsockopt", |cx, udp| udp.send_buffer_size(cx).map(drop)),
    ("getsockopt", |cx, udp| {
        udp.receive_buffer_size(cx).map(drop)
    }),
];

/// Interrupted, the call is made again, and then it fails; and when it is made at last, it goes.
fn meets_faults(name: &'static str, mut step: impl FnMut() -> Result<(), Errno>) {
    let effects = [Errno::EINTR, Errno::EPERM].map(Effect::Fail);
    let faults = fault::plan(effects.map(|effect| Fault::new(name, 1, effect)));
    let recorder = Recorder::new();
    trace::set(recorder.clone());
    assert_eq!((step(), faults.left()), (Err(Errno::EPERM), 0));
    assert_eq!(recorder.count(name), 2);
    assert_eq!(step(), Ok(()));
    assert_eq!(recorder.count(name), 3);
    trace::take();
}

#[test]
fn options_met_by_faults() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let udp = Udp::with_socket(&mut lp, Domain::for_address(any_port(host))).unwrap();
            for (name, step) in STEPS {
                meets_faults(name, || step(&mut lp, udp));
            }
            close_and_end(lp, &[udp]);
        }
    });
}

#[test]
fn groups_and_addresses() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let address = any_port(Ipv4Addr::LOCALHOST);
        let udp = Udp::new(&mut lp);
        meets_faults("setsockopt", || {
            udp.bind(&mut lp, address, BindFlags::REUSE_ADDRESS)
        });
        let group = IpAddr::from([239, 255, 7, 3]);
        let loopback = Interface::Address(Ipv4Addr::LOCALHOST);
        for membership in [Membership::Join, Membership::Leave] {
            meets_faults("setsockopt", || {
                udp.set_membership(&mut lp, group, loopback, membership)
            });
        }
        // What it is is looked at first, and that its address may be shared is set then.
        let opened = Udp::new(&mut lp);
        for name in ["getsockopt", "setsockopt"] {
            let socket = UdpSocket::bind(address).unwrap();
            let faults = fault::plan([Fault::new(name, 1, Effect::Fail(Errno::EPERM))]);
            assert_eq!(opened.open(&mut lp, socket), Err(Errno::EPERM));
            assert_eq!(faults.left(), 0);
        }
        opened
            .open(&mut lp, UdpSocket::bind(address).unwrap())
            .unwrap();
        close_and_end(lp, &[udp, opened]);
    });
}
