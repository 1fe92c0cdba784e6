//! What each call says of a wrap that is closing, in its close callback, and when it is gone.

use std::io::IoSlice;

use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_udp::node::{HandleWrapState, UdpWrap};

use crate::common::{Seen, end, scenario};

/// The errors of those that receive and send; of those that make it something else; of those that ask; and of the end of a connection.
fn errors(cx: &mut Ctx, wrap: UdpWrap) -> [Option<Errno>; 4] {
    fn same<const N: usize>(said: [Option<Errno>; N]) -> Option<Errno> {
        assert!(said.iter().all(|one| *one == said[0]), "{said:?}");
        said[0]
    }
    let x = [IoSlice::new(b"x")];
    let never = |_: &mut Ctx, _, _| panic!("it is not sent");
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let [ip, group] = ["127.0.0.1", "239.255.7.5"];
    [
        same([
            wrap.recv_start(cx).err(),
            wrap.recv_stop(cx).err(),
            wrap.send(cx, &x, 9, ip, never).err(),
            wrap.send6(cx, &x, 9, "::1", never).err(),
            wrap.send_connected(cx, &x, never).err(),
        ]),
        same([
            wrap.open(cx, socket).err(),
            wrap.bind(cx, ip, 0, 0).err(),
            wrap.bind6(cx, "::1", 0, 0).err(),
            wrap.connect(cx, ip, 9).err(),
            wrap.connect6(cx, "::1", 9).err(),
            wrap.add_membership(cx, group, None).err(),
            wrap.drop_membership(cx, group, None).err(),
            wrap.add_source_specific_membership(cx, ip, group, None)
                .err(),
            wrap.drop_source_specific_membership(cx, ip, group, None)
                .err(),
        ]),
        same([
            wrap.getsockname(cx).err(),
            wrap.getpeername(cx).err(),
            wrap.fd(cx).err(),
            wrap.set_ttl(cx, 3).err(),
            wrap.set_broadcast(cx, true).err(),
            wrap.set_multicast_ttl(cx, 3).err(),
            wrap.set_multicast_loopback(cx, true).err(),
            wrap.set_multicast_interface(cx, ip).err(),
            wrap.buffer_size(cx, 0, true).err(),
        ]),
        wrap.disconnect(cx).err(),
    ]
}

#[test]
fn when_it_is_closing() {
    scenario(|| {
        let [bad, invalid] = [Errno::EBADF, Errno::EINVAL].map(Some);
        let unconnected = Some(Errno::ENOTCONN);
        let mut lp = Loop::new().unwrap();
        let wrap = UdpWrap::new(&mut lp);
        wrap.bind(&mut lp, "127.0.0.1", 0, 0).unwrap();
        wrap.recv_start(&mut lp).unwrap();
        assert_eq!(wrap.state(&lp), HandleWrapState::Initialised);
        let seen = Seen::new();
        let record = seen.clone();
        wrap.close(&mut lp, move |cx| {
            assert_eq!(wrap.state(cx), HandleWrapState::Closed);
            assert_eq!(wrap.unwrap(cx), Some(wrap));
            assert_eq!(wrap.has_ref(cx), Some(false));
            assert_eq!(errors(cx, wrap), [bad, invalid, bad, unconnected]);
            assert!(wrap.udp(cx).is_none() && wrap.get_async_id(cx).is_some());
            wrap.close(cx, |_| panic!("it is closed"));
            record.add(());
        });
        assert_eq!(wrap.state(&lp), HandleWrapState::Closing);
        assert!(wrap.is_closing(&lp) && wrap.udp(&lp).is_some());
        assert_eq!(wrap.has_ref(&lp), Some(true));
        assert_eq!(errors(&mut lp, wrap), [bad, invalid, bad, unconnected]);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.len(), 1);
        assert_eq!(wrap.state(&lp), HandleWrapState::Closed);
        assert_eq!((wrap.unwrap(&lp), wrap.has_ref(&lp)), (None, None));
        assert_eq!(errors(&mut lp, wrap), [bad; 4]);
        assert_eq!(
            [wrap.ref_(&mut lp), wrap.unref(&mut lp)],
            [Err(Errno::EBADF); 2]
        );
        assert_eq!(wrap.get_async_id(&lp), None);
        assert_eq!(wrap.get_provider_type(&lp), None);
        wrap.close(&mut lp, |_| panic!("it is gone"));
        end(lp);
    });
}
