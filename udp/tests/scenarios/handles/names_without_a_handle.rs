//! A name whose handle is closing or gone, or is of something else: every call says so, and none does anything.

use std::net::{Ipv4Addr, UdpSocket};
use std::time::Duration;

use uvox_loop::{Errno, Loop, RunMode, Timer};
use uvox_udp::uv::{BindFlags, Interface, Membership, Udp};

use crate::common::{any_port, bound, close, end, scenario};

/// What every call says, of those that start something.
fn starting(lp: &mut Loop, udp: Udp) -> Vec<Result<(), Errno>> {
    let host = any_port(Ipv4Addr::LOCALHOST);
    let group = [239, 255, 7, 9].into();
    let socket = UdpSocket::bind(host).unwrap();
    vec![
        udp.bind(lp, host, BindFlags::NONE),
        udp.connect(lp, host),
        udp.disconnect(lp),
        udp.open(lp, socket),
        udp.recv_start(lp, |_, _, _| ()),
        udp.recv_start_batch(lp, |_, _, _| ()),
        udp.set_datagram_size(lp, 100),
        udp.on_queued_error(lp, |_, _, _| ()),
        udp.send(lp, b"x", host, |_, _, _| panic!("it is not sent")),
        udp.send_bytes(lp, &[], host, |_, _, _| panic!("it is not sent")),
        udp.try_send(lp, b"x", host).map(drop),
        udp.set_membership(lp, group, Interface::Any, Membership::Join),
        udp.set_source_membership(lp, group, group, Interface::Any, Membership::Join),
    ]
}

#[test]
fn closing_and_gone() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, _) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        udp.recv_start(&mut lp, |_, _, _| ()).unwrap();
        close(&mut lp, udp);
        assert_eq!(starting(&mut lp, udp), [Err(Errno::EINVAL); 13]);
        assert_eq!(udp.set_ttl(&mut lp, 3), Err(Errno::EBADF));
        assert_eq!(udp.getsockname(&mut lp), Err(Errno::EBADF));
        assert_eq!(udp.recv_stop(&mut lp), Ok(()));
        assert!(udp.fd(&mut lp).is_none() && !udp.is_connected(&lp));
        lp.run(RunMode::Default).unwrap();

        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, Duration::from_secs(1), Duration::ZERO, |_, _| ())
            .unwrap();
        for name in [udp, Udp::from_key(timer)] {
            assert_eq!(starting(&mut lp, name), [Err(Errno::EBADF); 13]);
            assert_eq!(name.recv_stop(&mut lp), Err(Errno::EBADF));
            assert_eq!(name.getpeername(&mut lp), Err(Errno::EBADF));
            assert!(!name.is_receiving(&lp) && !name.is_connected(&lp));
            let queue = (name.send_queue_size(&lp), name.send_queue_count(&lp));
            assert_eq!(queue, (0, 0));
        }
        assert!(lp.is_active(timer), "it was not meant");
        close(&mut lp, timer);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
