//! That an address is in use is told by the call that comes after `bind`: by `getsockname`, by `listen`, or by the callback of `connect`.

use std::net::SocketAddr;

use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::{BindFlags, Tcp};

use crate::common::{Seen, any_port, close_and_end, hosts, listener, nobody, scenario};

const IN_USE: Errno = Errno::EADDRINUSE;

/// A handle that is bound, as far as it says, to an address that another one listens to.
fn bound_in_vain(lp: &mut Loop, address: SocketAddr) -> Tcp {
    let tcp = Tcp::new(lp);
    assert_eq!(tcp.bind(lp, address, BindFlags::NONE), Ok(()));
    tcp
}

/// The same on a socket that somebody else made.
fn opened_and_bound_in_vain(lp: &mut Loop, address: SocketAddr) -> Tcp {
    let tcp = Tcp::new(lp);
    let socket = sys::socket(Domain::for_address(address), Type::STREAM, None).unwrap();
    tcp.open(lp, socket).unwrap();
    assert_eq!(tcp.bind(lp, address, BindFlags::NONE), Ok(()));
    tcp
}

#[test]
fn by_getsockname_and_listen() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (server, address) = listener(&mut lp, host, |_, _, _| ());
            let tcp = bound_in_vain(&mut lp, address);
            for _ in 0..2 {
                assert_eq!(tcp.getsockname(&mut lp), Err(IN_USE));
                assert_eq!(tcp.getpeername(&mut lp), Err(IN_USE));
                assert_eq!(tcp.listen(&mut lp, 1, |_, _, _| ()), Err(IN_USE));
            }
            assert!(!tcp.is_listening(&lp) && !lp.is_active(tcp));
            // Another attempt counts anew.
            tcp.bind(&mut lp, any_port(host), BindFlags::NONE).unwrap();
            assert_ne!(tcp.getsockname(&mut lp).unwrap().port(), address.port());
            tcp.listen(&mut lp, 1, |_, _, _| ()).unwrap();
            close_and_end(lp, &[server, tcp]);
        }
    });
}

#[test]
fn by_the_callback_of_connect() {
    scenario(|| {
        let ways = [bound_in_vain, opened_and_bound_in_vain];
        for (host, way) in hosts()
            .into_iter()
            .flat_map(|host| ways.map(|way| (host, way)))
        {
            let mut lp = Loop::new().unwrap();
            let (server, address) = listener(&mut lp, host, |_, _, connection| {
                connection.unwrap();
            });
            lp.unref(server).unwrap();
            let tcp = way(&mut lp, address);
            let seen = Seen::new();
            let record = seen.clone();
            tcp.connect(&mut lp, address, move |cx, tcp, result| {
                record.add(result);
                // It is told, and over with.
                assert_eq!(tcp.getsockname(cx).unwrap().port(), 0);
                let record = record.clone();
                tcp.connect(cx, address, move |_, _, result| record.add(result))
                    .unwrap();
            })
            .unwrap();
            assert_eq!(tcp.getsockname(&mut lp), Err(IN_USE));
            let twice = tcp.connect(&mut lp, address, |_, _, _| ());
            assert_eq!(twice, Err(Errno::EALREADY));
            assert_eq!(seen.len(), 0, "told from inside a call");
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), [Err(IN_USE), Ok(())]);
            close_and_end(lp, &[server, tcp]);
        }
    });
}

/// Closing takes it along: the attempt is cancelled, and what `bind` said concerns nobody any more.
#[test]
fn not_by_one_that_was_closed() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let host = hosts()[0];
        let (server, address) = listener(&mut lp, host, |_, _, _| ());
        let tcp = bound_in_vain(&mut lp, address);
        let seen = Seen::new();
        let record = seen.clone();
        tcp.connect(&mut lp, nobody(host), move |_, _, result| {
            record.add(result)
        })
        .unwrap();
        lp.close(tcp, |_| ()).unwrap();
        assert_eq!(tcp.getsockname(&mut lp), Err(Errno::EBADF));
        lp.close(server, |_| ()).unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Err(Errno::ECANCELED)]);
        close_and_end(lp, &[]);
    });
}

/// The descriptor is given away, and another takes its place: that one may have any address.
#[test]
fn not_by_another_socket() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (server, address) = listener(&mut lp, hosts()[0], |_, _, _| ());
        let tcp = bound_in_vain(&mut lp, address);
        drop(tcp.into_owned_fd(&mut lp).unwrap());
        assert_eq!(tcp.getsockname(&mut lp), Err(Errno::EBADF));
        let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        tcp.open(&mut lp, other.into()).unwrap();
        tcp.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        close_and_end(lp, &[server, tcp]);
    });
}
