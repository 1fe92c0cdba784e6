//! What is set on a connection can be read back from the kernel.

use std::time::Duration;

use uvox_loop::{Errno, Loop};
use uvox_tcp::uv::KeepAlive;

use crate::common::{asked, close_and_end, connected, hosts, scenario};

#[test]
fn nodelay_and_keepalive() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (ours, theirs) = connected(&mut lp, host);
            for tcp in [ours, theirs] {
                for on in [true, false] {
                    tcp.nodelay(&mut lp, on).unwrap();
                    let is_on = asked(&mut lp, tcp, |socket| socket.tcp_nodelay().unwrap());
                    assert_eq!(is_on, on);
                }
                // Rounded up to seconds; ten times every second is what libuv does.
                let keepalive = KeepAlive::after(Duration::from_millis(29_001));
                tcp.keepalive(&mut lp, Some(keepalive)).unwrap();
                asked(&mut lp, tcp, |socket| {
                    assert!(socket.keepalive().unwrap());
                    let idle = socket.tcp_keepalive_time().unwrap();
                    let interval = socket.tcp_keepalive_interval().unwrap();
                    let count = socket.tcp_keepalive_retries().unwrap();
                    assert_eq!((idle.as_secs(), interval.as_secs(), count), (30, 1, 10));
                });
                for wrong in [
                    KeepAlive {
                        interval: Duration::ZERO,
                        ..keepalive
                    },
                    KeepAlive {
                        count: 0,
                        ..keepalive
                    },
                    KeepAlive::after(Duration::MAX),
                ] {
                    assert_eq!(tcp.keepalive(&mut lp, Some(wrong)), Err(Errno::EINVAL));
                }
                tcp.keepalive(&mut lp, None).unwrap();
                assert!(!asked(&mut lp, tcp, |socket| socket.keepalive().unwrap()));
            }
            close_and_end(lp, &[ours, theirs]);
        }
    });
}

#[test]
#[cfg(target_os = "linux")]
fn user_timeout() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (ours, theirs) = connected(&mut lp, host);
            let ms = Duration::from_millis;
            // Rounded up: no time at all would mean the kernel's own.
            for (set, is) in [
                (Some(ms(2500)), Some(ms(2500))),
                (Some(Duration::from_nanos(1)), Some(ms(1))),
                (None, None),
            ] {
                ours.user_timeout(&mut lp, set).unwrap();
                let read = asked(&mut lp, ours, |socket| socket.tcp_user_timeout().unwrap());
                assert_eq!(read, is);
            }
            close_and_end(lp, &[ours, theirs]);
        }
    });
}

#[test]
fn traffic_class() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (ours, theirs) = connected(&mut lp, host);
            assert_eq!(ours.traffic_class(&mut lp), Ok(0));
            ours.set_traffic_class(&mut lp, 0xb8).unwrap();
            assert_eq!(ours.traffic_class(&mut lp), Ok(0xb8));
            let read = asked(&mut lp, ours, |socket| match host.is_ipv6() {
                true => socket.tclass_v6().unwrap(),
                false => socket.tos_v4().unwrap(),
            });
            assert_eq!(read, 0xb8);
            close_and_end(lp, &[ours, theirs]);
        }
    });
}

#[test]
fn buffer_sizes() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (ours, theirs) = connected(&mut lp, host);
            assert!(ours.send_buffer_size(&mut lp).unwrap() > 0);
            assert!(ours.receive_buffer_size(&mut lp).unwrap() > 0);
            // Linux keeps twice of it, half for its own use.
            let sizes = [40_000, 80_000];
            ours.set_send_buffer_size(&mut lp, 40_000).unwrap();
            assert!(sizes.contains(&ours.send_buffer_size(&mut lp).unwrap()));
            ours.set_receive_buffer_size(&mut lp, 40_000).unwrap();
            assert!(sizes.contains(&ours.receive_buffer_size(&mut lp).unwrap()));
            let (sending, receiving) = asked(&mut lp, ours, |socket| {
                (
                    socket.send_buffer_size().unwrap(),
                    socket.recv_buffer_size().unwrap(),
                )
            });
            assert!(sizes.contains(&sending) && sizes.contains(&receiving));
            // Too much is cut or refused, and never a number below zero.
            let _ = ours.set_send_buffer_size(&mut lp, usize::MAX);
            assert!(ours.send_buffer_size(&mut lp).unwrap() >= 40_000);
            close_and_end(lp, &[ours, theirs]);
        }
    });
}
