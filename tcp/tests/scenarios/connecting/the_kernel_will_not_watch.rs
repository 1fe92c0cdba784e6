//! The kernel will not watch a socket that is connecting, which it says when the loop next waits: the attempt has failed, and what was written is cancelled.

use std::net::{Ipv4Addr, TcpListener};
use std::os::fd::AsRawFd;

use uvox_loop::sys::Domain;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, scenario};

#[test]
fn the_kernel_will_not_watch() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = server.local_addr().unwrap();
        let tcp = Tcp::with_socket(&mut lp, Domain::IPV4).unwrap();
        let fd = tcp.fd(&mut lp).unwrap().as_raw_fd();
        let names = ["epoll_ctl", "kevent", "mio_register"];
        let full = names.map(|name| Fault::new(name, 1, Effect::Fail(Errno::ENOSPC)).on(&fd));
        let faults = fault::plan(full);
        let seen = Seen::new();
        let (record, written) = (seen.clone(), seen.clone());
        tcp.connect(&mut lp, address, move |_, _, result| {
            record.add(("connected", result));
        })
        .unwrap();
        tcp.write(&mut lp, b"lost", move |_, _, result| {
            written.add(("written", result.status));
        })
        .unwrap();
        lp.run(RunMode::Default).unwrap();
        let expected = [
            ("connected", Err(Errno::ENOSPC)),
            ("written", Err(Errno::ECANCELED)),
        ];
        assert_eq!(seen.take(), expected);
        drop(faults);
        assert!(!tcp.is_writable(&lp) && !tcp.is_readable(&lp));
        close_and_end(lp, &[tcp]);
    });
}
