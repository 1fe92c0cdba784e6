//! The kernel's account of a connection makes sense.

use std::time::Duration;

use uvox_loop::sys::Domain;
use uvox_loop::{Errno, Loop};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, connected, hosts, scenario, until};

#[test]
fn tcp_info() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (ours, theirs) = connected(&mut lp, host);
            let echoed = Seen::new();
            let record = echoed.clone();
            theirs
                .read_start(&mut lp, |cx, theirs, data| {
                    theirs.write(cx, data.unwrap(), |_, _, _| ()).unwrap();
                })
                .unwrap();
            ours.read_start(&mut lp, move |_, _, data| {
                data.unwrap().iter().for_each(|byte| record.add(*byte));
            })
            .unwrap();
            ours.write(&mut lp, &[1; 10_000], |_, _, _| ()).unwrap();
            until(&mut lp, |_| echoed.len() == 10_000);
            let info = ours.tcp_info(&mut lp);
            if cfg!(not(target_os = "linux")) {
                assert_eq!(info, Err(Errno::ENOTSUP));
                close_and_end(lp, &[ours, theirs]);
                continue;
            }
            let info = info.unwrap();
            let minute = Duration::from_secs(60);
            assert!(info.round_trip > Duration::ZERO && info.round_trip < minute);
            assert!(info.round_trip_variance < minute);
            assert!(info.retransmit_timeout >= info.round_trip);
            assert!(info.congestion_window >= 1);
            assert!(info.segment_size >= 500);
            assert_eq!(info.unacknowledged, 0, "all of it was answered");
            close_and_end(lp, &[ours, theirs]);
        }
    });
}

#[test]
fn of_what_is_not_connected() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::with_socket(&mut lp, Domain::IPV4).unwrap();
        let (one, other) = Tcp::pair(&mut lp).unwrap();
        let (early, refused) = (tcp.tcp_info(&mut lp), one.tcp_info(&mut lp).unwrap_err());
        if cfg!(target_os = "linux") {
            assert_eq!(early.unwrap().round_trip, Duration::ZERO);
            assert!([Errno::EOPNOTSUPP, Errno::ENOPROTOOPT].contains(&refused));
        } else {
            assert_eq!((early, refused), (Err(Errno::ENOTSUP), Errno::ENOTSUP));
        }
        close_and_end(lp, &[tcp, one, other]);
    });
}
