//! What sets an option, or reads one, passes through the door: it is in the trace, under the step that it belongs to, and a fault meets it.

use std::time::Duration;

use uvox_loop::sys::Domain;
use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::trace::{self, Outcome, Recorder};
use uvox_loop::{Ctx, Errno, Loop};
use uvox_tcp::uv::{KeepAlive, Tcp};

use crate::common::{close_and_end, scenario};

#[test]
fn met_by_faults() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::with_socket(&mut lp, Domain::IPV4).unwrap();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let effects = [Errno::EINTR, Errno::EPERM].map(Effect::Fail);
        let faults = fault::plan(effects.map(|effect| Fault::new("setsockopt", 1, effect)));
        // Interrupted, it is made again, and then it fails.
        assert_eq!(tcp.nodelay(&mut lp, true), Err(Errno::EPERM));
        assert_eq!(faults.left(), 0);
        assert_eq!(tcp.nodelay(&mut lp, true), Ok(()));
        let zero = KeepAlive::after(Duration::ZERO);
        assert_eq!(tcp.keepalive(&mut lp, Some(zero)), Err(Errno::EINVAL));
        trace::take();
        let told: Vec<_> = recorder
            .events()
            .iter()
            .map(|event| (event.name, event.result))
            .collect();
        let failed = Outcome::Failed;
        let expected = [
            ("tcp.nodelay", Outcome::None),
            ("setsockopt", failed(Errno::EINTR)),
            ("setsockopt", failed(Errno::EPERM)),
            ("tcp.nodelay.failed", failed(Errno::EPERM)),
            ("tcp.nodelay", Outcome::None),
            ("setsockopt", Outcome::Done(0)),
            ("tcp.keepalive", Outcome::None),
            ("setsockopt", Outcome::Done(0)),
            ("tcp.keepalive.failed", failed(Errno::EINVAL)),
        ];
        assert_eq!(told, expected);
        close_and_end(lp, &[tcp]);
    });
}

type Read = fn(&mut Ctx, Tcp) -> Result<(), Errno>;

/// What is read is, too.
#[test]
fn read_through_the_door() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::with_socket(&mut lp, Domain::IPV4).unwrap();
        let reads: [Read; 3] = [
            |cx, tcp| tcp.send_buffer_size(cx).map(drop),
            |cx, tcp| tcp.receive_buffer_size(cx).map(drop),
            |cx, tcp| tcp.traffic_class(cx).map(drop),
        ];
        for read in reads {
            let effects = [Errno::EINTR, Errno::EPERM].map(Effect::Fail);
            let faults = fault::plan(effects.map(|effect| Fault::new("getsockopt", 1, effect)));
            assert_eq!(read(&mut lp, tcp), Err(Errno::EPERM));
            assert_eq!(faults.left(), 0);
            assert_eq!(read(&mut lp, tcp), Ok(()));
        }
        close_and_end(lp, &[tcp]);
    });
}
