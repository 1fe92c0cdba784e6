//! Options that are asked for before there is a socket are set on it, however it comes, once.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use uvox_loop::{Errno, Loop};
use uvox_tcp::uv::{BindFlags, KeepAlive, Tcp};

use crate::common::{Seen, any_port, asked, close_and_end, hosts, scenario, until};

const KEEPALIVE: KeepAlive = KeepAlive {
    idle: Duration::from_secs(41),
    interval: Duration::from_secs(7),
    count: 3,
};

fn ask(lp: &mut Loop) -> Tcp {
    let tcp = Tcp::new(lp);
    tcp.nodelay(lp, false).unwrap();
    tcp.nodelay(lp, true).unwrap();
    tcp.keepalive(lp, Some(KEEPALIVE)).unwrap();
    tcp.set_traffic_class(lp, 0x28).unwrap();
    if cfg!(target_os = "linux") {
        tcp.user_timeout(lp, Some(Duration::from_secs(9))).unwrap();
    }
    tcp
}

fn check(lp: &mut Loop, tcp: Tcp) {
    asked(lp, tcp, |socket| {
        assert!(socket.tcp_nodelay().unwrap());
        assert!(socket.keepalive().unwrap());
        assert_eq!(socket.tcp_keepalive_time().unwrap(), KEEPALIVE.idle);
        assert_eq!(socket.tcp_keepalive_interval().unwrap(), KEEPALIVE.interval);
        assert_eq!(socket.tcp_keepalive_retries().unwrap(), KEEPALIVE.count);
        #[cfg(target_os = "linux")]
        assert_eq!(
            socket.tcp_user_timeout().unwrap(),
            Some(Duration::from_secs(9))
        );
    });
    assert_eq!(tcp.traffic_class(lp), Ok(0x28));
}

#[test]
fn set_on_every_kind_of_socket() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let server = TcpListener::bind((host, 0)).unwrap();
            let address = server.local_addr().unwrap();

            let connecting = ask(&mut lp);
            let seen = Seen::new();
            let record = seen.clone();
            connecting
                .connect(&mut lp, address, move |_, _, result| record.add(result))
                .unwrap();
            check(&mut lp, connecting);
            until(&mut lp, |_| !seen.is_empty());
            check(&mut lp, connecting);

            let bound = ask(&mut lp);
            bound
                .bind(&mut lp, any_port(host), BindFlags::NONE)
                .unwrap();
            check(&mut lp, bound);

            let listening = ask(&mut lp);
            listening.listen(&mut lp, 1, |_, _, _| ()).unwrap();
            check(&mut lp, listening);

            let opened = ask(&mut lp);
            opened
                .open(&mut lp, TcpStream::connect(address).unwrap().into())
                .unwrap();
            check(&mut lp, opened);
            // What is set later is not set back by the next socket.
            opened.nodelay(&mut lp, false).unwrap();
            let fd = opened.into_owned_fd(&mut lp).unwrap();
            opened.open(&mut lp, fd).unwrap();
            assert!(!asked(&mut lp, opened, |socket| socket
                .tcp_nodelay()
                .unwrap()));
            close_and_end(lp, &[connecting, bound, listening, opened]);
        }
    });
}

/// Times that cannot be do not keep a handle from being connected: it asks at the kernel's own times.
#[test]
fn keepalive_without_a_time() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        let zero = KeepAlive::after(Duration::ZERO);
        assert_eq!(tcp.keepalive(&mut lp, Some(zero)), Ok(()));
        tcp.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        assert!(asked(&mut lp, tcp, |socket| socket.keepalive().unwrap()));
        tcp.keepalive(&mut lp, None).unwrap();
        assert!(!asked(&mut lp, tcp, |socket| socket.keepalive().unwrap()));
        // With a socket, it is said.
        assert_eq!(tcp.keepalive(&mut lp, Some(zero)), Err(Errno::EINVAL));
        assert!(asked(&mut lp, tcp, |socket| socket.keepalive().unwrap()));
        close_and_end(lp, &[tcp]);
    });
}

/// Nor does a time that is longer than the kernel counts.
#[test]
#[cfg(target_os = "linux")]
fn user_timeout_for_ever() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        assert_eq!(tcp.user_timeout(&mut lp, Some(Duration::MAX)), Ok(()));
        tcp.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        let refused = tcp.user_timeout(&mut lp, Some(Duration::MAX));
        assert_eq!(refused, Err(Errno::EINVAL));
        close_and_end(lp, &[tcp]);
    });
}

/// A socket that cannot have what was asked for is not taken.
#[test]
fn what_a_socket_cannot_have() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        tcp.nodelay(&mut lp, true).unwrap();
        let (unix, _peer) = std::os::unix::net::UnixStream::pair().unwrap();
        assert!(tcp.open(&mut lp, unix.into()).is_err());
        assert!(tcp.fd(&mut lp).is_none());
        // Nor is it forgotten.
        tcp.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        assert!(asked(&mut lp, tcp, |socket| socket.tcp_nodelay().unwrap()));
        close_and_end(lp, &[tcp]);
    });
}
