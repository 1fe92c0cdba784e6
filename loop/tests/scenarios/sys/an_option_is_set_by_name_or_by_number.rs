//! Options go through `socket2` where it has a name for them, and by number where they must be in the trace.

use std::os::fd::AsFd;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Domain, SockRef, Type};
use uvox_loop::trace::Outcome;

use super::support::traced;
use crate::common::scenario;

#[test]
fn an_option_is_set_by_name_or_by_number() {
    scenario(|| {
        let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
        let fd = socket.as_fd();
        let nodelay = || sys::get_option(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY);
        assert_eq!(nodelay(), Ok(0));
        SockRef::from(&socket).set_tcp_nodelay(true).unwrap();
        assert_ne!(nodelay(), Ok(0));
        let (result, calls) = traced("setsockopt", || {
            sys::set_option(fd, libc::IPPROTO_TCP, libc::TCP_NODELAY, 0)
        });
        assert_eq!(result, Ok(()));
        assert_eq!(calls, [Outcome::Done(0)]);
        assert_eq!(nodelay(), Ok(0));
        // By name, and through the door as well.
        let (result, calls) = traced("setsockopt", || {
            sys::set_with(fd, |socket| socket.set_tcp_nodelay(true))
        });
        assert_eq!((result, calls), (Ok(()), vec![Outcome::Done(0)]));
        let (result, calls) = traced("getsockopt", || {
            sys::get_with(fd, |socket| socket.tcp_nodelay())
        });
        assert_eq!((result, calls), (Ok(true), vec![Outcome::Done(0)]));
        let (result, calls) = traced("getsockopt", || {
            sys::get_with(fd, |socket| socket.only_v6())
        });
        let error = result.unwrap_err();
        assert_eq!(calls, [Outcome::Failed(error)]);

        let unknown = sys::set_option(fd, libc::IPPROTO_TCP, 9999, 1);
        assert_eq!(unknown, Err(Errno::ENOPROTOOPT));
        // What socket2 returns is the same kind of error.
        let (reader, _writer) = sys::pipe().unwrap();
        let error = SockRef::from(&reader).set_broadcast(true).unwrap_err();
        assert_eq!(Errno::from(error), Errno::ENOTSOCK);
    });
}
