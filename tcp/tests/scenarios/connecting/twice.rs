//! Only one attempt at a time, and none by a handle that is connected or listens.

use uvox_loop::sys::Domain;
use uvox_loop::{Errno, Loop};
use uvox_tcp::uv::Tcp;

use crate::common::{
    Seen, close_and_end, connected, has_ipv6, hosts, listener, nobody, scenario, until,
};

#[test]
fn one_attempt_at_a_time() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (server, address) = listener(&mut lp, host, |_, _, connection| {
                connection.unwrap();
            });
            let tcp = Tcp::new(&mut lp);
            let seen = Seen::new();
            let record = seen.clone();
            tcp.connect(&mut lp, address, move |cx, tcp, result| {
                record.add(result);
                assert_eq!(tcp.connect(cx, address, |_, _, _| ()), Err(Errno::EISCONN));
            })
            .unwrap();
            for other in [address, nobody(host)] {
                let again = tcp.connect(&mut lp, other, |_, _, _| panic!("never called"));
                assert_eq!(again, Err(Errno::EALREADY));
            }
            assert_eq!(tcp.listen(&mut lp, 1, |_, _, _| ()), Err(Errno::EINVAL));
            until(&mut lp, |_| !seen.is_empty());
            assert_eq!(seen.all(), [Ok(())]);
            assert_eq!(tcp.listen(&mut lp, 1, |_, _, _| ()), Err(Errno::EINVAL));
            let by_listener = server.connect(&mut lp, address, |_, _, _| ());
            assert_eq!(by_listener, Err(Errno::EISCONN));
            assert!(server.is_listening(&lp));
            close_and_end(lp, &[server, tcp]);
        }
    });
}

#[test]
fn an_accepted_one_is_connected() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, theirs) = connected(&mut lp, hosts()[0]);
        for tcp in [ours, theirs] {
            let address = tcp.getpeername(&mut lp).unwrap();
            let again = tcp.connect(&mut lp, address, |_, _, _| ());
            assert_eq!(again, Err(Errno::EISCONN));
        }
        close_and_end(lp, &[ours, theirs]);
    });
}

#[test]
fn not_with_a_socket_of_the_other_family() {
    scenario(|| {
        if !has_ipv6() {
            return;
        }
        let mut lp = Loop::new().unwrap();
        let four = Tcp::with_socket(&mut lp, Domain::IPV4).unwrap();
        let v6 = nobody("::1".parse().unwrap());
        let refused = four.connect(&mut lp, v6, |_, _, _| ()).unwrap_err();
        assert!([Errno::EAFNOSUPPORT, Errno::EINVAL].contains(&refused));
        close_and_end(lp, &[four]);
    });
}
