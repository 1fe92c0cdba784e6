//! The values that Node 20's `UDP` gives, call by call.

use std::io::IoSlice;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_udp::node::{AddressInfo, Sent, UdpWrap};

use crate::common::{close, end, scenario};

fn close_all(mut lp: Loop, wraps: &[UdpWrap]) {
    for wrap in wraps {
        wrap.close(&mut lp, |_| ());
    }
    assert!(!lp.run(RunMode::Default).unwrap());
    end(lp);
}

#[test]
fn of_one_that_receives() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let u = UdpWrap::new(&mut lp);
        let lp_ = &mut lp;
        assert_eq!(u.has_ref(lp_), Some(true));
        assert_eq!([u.recv_start(lp_), u.recv_start(lp_)], [Ok(()); 2]);
        let AddressInfo { address, port, .. } = u.getsockname(lp_).unwrap();
        assert!(address == "0.0.0.0" && port > 0 && u.fd(lp_).is_ok());
        let invalid = Err(Errno::EINVAL);
        assert_eq!([u.set_ttl(lp_, 0), u.set_ttl(lp_, 300)], [invalid; 2]);
        assert_eq!(u.set_multicast_ttl(lp_, 256), invalid);
        assert_eq!(u.set_multicast_ttl(lp_, -1), invalid);
        assert_eq!(u.bind(lp_, "127.0.0.1", 0, 0), invalid);
        let not_joined = u.drop_membership(lp_, "224.0.0.114", Some("127.0.0.1"));
        assert_eq!(not_joined, Err(Errno::EADDRNOTAVAIL));
        assert_eq!(u.add_membership(lp_, "x", None), invalid);
        assert_eq!(u.add_membership(lp_, "224.0.0.114", Some("x")), invalid);
        assert_eq!(u.disconnect(lp_), Err(Errno::ENOTCONN));
        assert_eq!(u.getpeername(lp_), Err(Errno::ENOTCONN));
        assert_eq!(u.connect(lp_, "127.0.0.1", 9), Ok(()));
        assert_eq!(u.connect(lp_, "127.0.0.1", 9), Err(Errno::EISCONN));
        let x = [IoSlice::new(b"x")];
        let sent = u.send(lp_, &x, 9, "127.0.0.1", |_, _, _| ());
        assert_eq!(sent, Err(Errno::EISCONN));
        assert_eq!(u.disconnect(lp_), Ok(()));
        assert_eq!(u.disconnect(lp_), Err(Errno::ENOTCONN));
        let sent = u.send_connected(lp_, &x, |_, _, _| ());
        assert_eq!(sent, Err(Errno::EDESTADDRREQ));
        assert!(u.buffer_size(lp_, 0, true).unwrap() > 0);
        assert_eq!(u.buffer_size(lp_, 10_000, true), Ok(10_000));
        assert!(u.buffer_size(lp_, 0, true).unwrap() >= 10_000);
        assert_eq!(u.buffer_size(lp_, 10_000, false), Ok(10_000));
        assert_eq!(u.buffer_size(lp_, u32::MAX, false), Err(Errno::EINVAL));
        assert_eq!(u.get_provider_type(lp_), Some("UDPWRAP"));
        close_all(lp, &[u]);
    });
}

#[test]
fn of_a_fresh_one() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let v = UdpWrap::new(&mut lp);
        let lp_ = &mut lp;
        let none = Err(Errno::EBADF);
        assert_eq!([v.set_ttl(lp_, 3), v.set_broadcast(lp_, true)], [none; 2]);
        assert_eq!(v.set_multicast_interface(lp_, "127.0.0.1"), none);
        assert_eq!(v.set_multicast_interface(lp_, "zz"), Err(Errno::EINVAL));
        assert_eq!(v.set_multicast_loopback(lp_, true), none);
        assert_eq!(v.buffer_size(lp_, 0, false), Err(Errno::EBADF));
        assert_eq!(v.getsockname(lp_), Err(Errno::EBADF));
        assert_eq!(v.getpeername(lp_), Err(Errno::EBADF));
        assert_eq!(v.disconnect(lp_), Err(Errno::ENOTCONN));
        assert_eq!(v.recv_stop(lp_), Ok(()));
        assert_eq!(v.get_send_queue_size(lp_), 0);
        assert_eq!(v.fd(lp_), Err(Errno::EBADF));
        let not_joined = v.drop_membership(lp_, "224.0.0.114", Some("127.0.0.1"));
        assert_eq!(not_joined, Err(Errno::EADDRNOTAVAIL));
        let numbers = [v, UdpWrap::new(lp_)].map(|wrap| wrap.get_async_id(lp_).unwrap());
        assert_eq!(numbers[1], numbers[0] + 1);
        lp.walk(|cx, handle| close(cx, handle.key));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(v.unwrap(&lp), None);
        end(lp);
    });
}

#[test]
fn of_addresses_and_lengths() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let [w, y, s] = [(); 3].map(|()| UdpWrap::new(&mut lp));
        let lp_ = &mut lp;
        let invalid = Err(Errno::EINVAL);
        assert_eq!(w.bind(lp_, "x", 0, 0), invalid);
        assert_eq!(w.bind6(lp_, "127.0.0.1", 0, 0), invalid);
        assert_eq!(w.bind(lp_, "127.0.0.1", 0, 1), invalid);
        assert_eq!(w.bind(lp_, "127.0.0.1", 0, 8), invalid);
        assert_eq!(w.fd(lp_), Err(Errno::EBADF));
        let foreign = w.bind(lp_, "192.0.2.77", 0, 0);
        assert_eq!(foreign, Err(Errno::EADDRNOTAVAIL));
        assert!(w.fd(lp_).is_ok());
        assert_eq!(w.connect(lp_, "z", 1), invalid);

        let long = [IoSlice::new(&[0; 70_000])];
        let send = |lp: &mut Loop, pieces: &[IoSlice<'_>], port: i32, ip| {
            y.send(lp, pieces, port, ip, |_, _, _| panic!("it is over"))
        };
        let [two, three, empty] = [&b"12"[..], b"123", b""].map(IoSlice::new);
        assert_eq!(send(lp_, &long, 9, "127.0.0.1"), Err(Errno::EMSGSIZE));
        assert_eq!(send(lp_, &[two], 9, "zz"), Err(Errno::EINVAL));
        if cfg!(target_os = "linux") {
            assert_eq!(send(lp_, &[two], 0, "127.0.0.1"), Err(Errno::EINVAL));
        }
        let both = send(lp_, &[two, three], 9, "127.0.0.1");
        assert_eq!(both, Ok(Sent::Now(5)));
        // The lowest 16 bits of a port count.
        let wrapped = send(lp_, &[empty], 65_536 + 9, "127.0.0.1");
        assert_eq!(wrapped, Ok(Sent::Now(0)));
        let own = y.getsockname(lp_).unwrap();
        assert_eq!(
            (own.address.as_str(), own.family.as_str()),
            ("0.0.0.0", "IPv4")
        );
        assert_eq!(own.family.to_string(), "IPv4");

        if cfg!(target_os = "linux") {
            let [source, group] = ["127.0.0.1", "232.1.1.1"];
            let interface = Some("127.0.0.1");
            let join =
                |lp: &mut Loop| s.add_source_specific_membership(lp, source, group, interface);
            let leave =
                |lp: &mut Loop| s.drop_source_specific_membership(lp, source, group, interface);
            assert_eq!(join(lp_), Ok(()));
            assert_eq!(join(lp_), Err(Errno::EADDRNOTAVAIL));
            assert_eq!(leave(lp_), Ok(()));
            assert_eq!(leave(lp_), invalid);
            for wrong in ["::1", "x"] {
                let joined = s.add_source_specific_membership(lp_, wrong, group, None);
                assert_eq!(joined, invalid);
            }
            assert_eq!(
                s.add_membership(lp_, "ff15::1236", Some("1.2.3.4")),
                invalid
            );
        }
        close_all(lp, &[w, y, s]);
    });
}

/// Sockets from elsewhere, and options that Node sets as it is told.
#[test]
fn of_one_that_was_opened() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let wrap = UdpWrap::new(&mut lp);
        let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        let port = socket.local_addr().unwrap().port();
        wrap.open(&mut lp, socket).unwrap();
        assert_eq!(wrap.getsockname(&mut lp).unwrap().port, port);
        let again = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(wrap.open(&mut lp, again), Err(Errno::EBUSY));
        let loopback = Some("127.0.0.1");
        let lp_ = &mut lp;
        let said = [
            wrap.set_ttl(lp_, 3),
            wrap.set_broadcast(lp_, true),
            wrap.set_multicast_ttl(lp_, 0),
            wrap.set_multicast_loopback(lp_, false),
            wrap.set_multicast_interface(lp_, "127.0.0.1"),
            wrap.add_membership(lp_, "239.255.7.4", loopback),
            wrap.drop_membership(lp_, "239.255.7.4", loopback),
        ];
        assert_eq!(said, [Ok(()); 7]);
        assert_eq!([wrap.unref(lp_), wrap.unref(lp_)], [Ok(()); 2]);
        assert_eq!(wrap.has_ref(lp_), Some(false));
        wrap.ref_(lp_).unwrap();
        assert_eq!(wrap.has_ref(lp_), Some(true));
        close_all(lp, &[wrap]);
    });
}
