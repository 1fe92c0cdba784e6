//! A socket on a descriptor, its options as the kernel has them, and no descriptor left for one.

use std::io::{Read, Write};
use std::os::fd::OwnedFd;
#[cfg(target_os = "linux")]
use std::time::Duration;

#[cfg(target_os = "linux")]
use socket2::SockRef;
use uvox::net::{self, ConnectOptions, Socket, SocketOptions};
use uvox_testing::{in_child, leave_room_for, tcp_pair};

use super::common::{program, read, refused_port, scenario, watch};

#[test]
fn one_that_is_connected_already() {
    scenario(|| {
        let (one, mut peer) = tcp_pair();
        peer.write_all(b"text").unwrap();
        peer.shutdown(std::net::Shutdown::Write).unwrap();
        let said = program(&[], |cx, log| {
            let options = SocketOptions::new().fd(OwnedFd::from(one));
            let socket = Socket::new(cx, options).unwrap();
            watch(cx, log, "client", socket);
            read(cx, log, "client", socket);
            assert_eq!(socket.ready_state(cx), net::ReadyState::Open);
            assert!(socket.remote_port(cx).is_some() && !socket.is_pending(cx));
            socket.write(cx, "reply");
        });
        let lines = [
            "client data text",
            "client end",
            "client finish",
            "client close false",
        ];
        assert_eq!(said, lines);
        let mut got = String::new();
        peer.read_to_string(&mut got).unwrap();
        assert_eq!(got, "reply");
    });
}

#[test]
fn a_file_is_none() {
    scenario(|| {
        program(&[], |cx, _| {
            let file = tempfile::tempfile().unwrap();
            let options = SocketOptions::new().fd(OwnedFd::from(file));
            let error = Socket::new(cx, options).unwrap_err();
            assert_eq!(error.to_string(), "Unsupported fd type: FILE");
            assert_eq!(error.code(), "ERR_INVALID_FD_TYPE");
        });
    });
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_set_reaches_the_kernel() {
    scenario(|| {
        let (one, _peer) = tcp_pair();
        let same = one.try_clone().unwrap();
        program(&[], |cx, _| {
            let options = SocketOptions::new().fd(OwnedFd::from(one));
            let socket = Socket::new(cx, options).unwrap();
            let kernel = SockRef::from(&same);
            assert!(!kernel.tcp_nodelay().unwrap() && !kernel.keepalive().unwrap());
            socket.set_no_delay(cx, true);
            assert!(kernel.tcp_nodelay().unwrap());
            socket.set_no_delay(cx, false);
            assert!(!kernel.tcp_nodelay().unwrap());
            socket.set_keep_alive(cx, true, Duration::from_millis(7900));
            assert!(kernel.keepalive().unwrap());
            let seconds = Duration::from_secs;
            let probes = || {
                (
                    kernel.tcp_keepalive_time().unwrap(),
                    kernel.tcp_keepalive_interval().unwrap(),
                    kernel.tcp_keepalive_retries().unwrap(),
                )
            };
            assert_eq!(probes(), (seconds(7), seconds(1), 10));
            socket.set_keep_alive_probes(cx, seconds(9), seconds(3), 4);
            assert_eq!(probes(), (seconds(9), seconds(3), 4));
            socket.set_keep_alive(cx, false, Duration::ZERO);
            assert!(!kernel.keepalive().unwrap());
            socket.set_user_timeout(cx, Some(seconds(5))).unwrap();
            assert_eq!(kernel.tcp_user_timeout().unwrap(), Some(seconds(5)));
            socket.set_user_timeout(cx, None).unwrap();
            assert_eq!(
                kernel.tcp_user_timeout().unwrap().unwrap_or_default(),
                Duration::ZERO
            );
            let long = Some(Duration::from_secs(3600 * 24 * 30));
            let error = socket.set_user_timeout(cx, long).unwrap_err();
            assert_eq!(error.to_string(), "setsockopt EINVAL");
            socket.destroy(cx);
        });
    });
}

#[test]
fn there_is_none_left_to_connect_with() {
    scenario(|| {
        in_child(
            "socket::descriptors::there_is_none_left_to_connect_with",
            || {
                let port = refused_port();
                let said = program(&[("PORT", port.to_string())], |cx, log| {
                    let fill = leave_room_for(0);
                    let one = net::connect(cx, ConnectOptions::port(port).host("127.0.0.1"));
                    watch(cx, log, "one", one.unwrap());
                    let lookup = super::common::Answers(&["127.0.0.1", "127.0.0.2"]);
                    let options = ConnectOptions::port(port).host("name").lookup(lookup);
                    let each = net::connect(cx, options.clone()).unwrap();
                    watch(cx, log, "each", each);
                    let race = net::connect(cx, options.race()).unwrap();
                    watch(cx, log, "race", race);
                    race.on_close(cx, move |_, _, _| drop(fill.iter()));
                });
                for name in ["one", "each", "race"] {
                    let error = format!("{name} error EMFILE: connect EMFILE 127.0.0.1:PORT");
                    assert!(said.iter().any(|line| line.starts_with(&error)), "{said:?}");
                    assert!(said.contains(&format!("{name} close true")), "{said:?}");
                }
            },
        );
    });
}
