//! Whatever the call says that receives: nothing is lost, nothing comes twice, and errors are told.

use std::net::Ipv4Addr;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop};

use crate::common::{BATCHES, bound, close_and_end, listen, scenario, until};

const NAME: &str = if BATCHES { "recvmmsg" } else { "recvmsg" };

#[test]
fn nothing_is_lost() {
    scenario(|| {
        const EINTR: Effect = Effect::Fail(Errno::EINTR);
        const REFUSED: Effect = Effect::Fail(Errno::ECONNREFUSED);
        const ENOBUFS: Effect = Effect::Fail(Errno::ENOBUFS);
        let mut plans = vec![
            (vec![], vec![]),
            (vec![(1, EINTR), (1, EINTR)], vec![]),
            (vec![(1, REFUSED)], vec![Errno::ECONNREFUSED]),
            (
                vec![(1, ENOBUFS), (1, EINTR), (1, REFUSED)],
                vec![Errno::ENOBUFS, Errno::ECONNREFUSED],
            ),
        ];
        if BATCHES {
            let [short, shorter] = [Effect::Short(3), Effect::Short(1)];
            plans.push((vec![(1, short), (1, shorter), (1, EINTR)], vec![]));
            plans.push((vec![(1, short), (1, ENOBUFS)], vec![Errno::ENOBUFS]));
            // The call is not there, and they come one by one.
            plans.push((vec![(1, Effect::Fail(Errno::ENOSYS))], vec![]));
        }
        for (faults, errors) in plans {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
            for number in 0..10 {
                assert_eq!(udp.try_send(&mut lp, &[number], to), Ok(1));
            }
            let plan = faults
                .iter()
                .map(|(nth, effect)| Fault::new(NAME, *nth, *effect));
            let plan = fault::plan(plan);
            let heard = listen(&mut lp, udp);
            until(&mut lp, |_| heard.len() == 10 + errors.len());
            assert_eq!(plan.left(), 0, "{faults:?}");
            let (datagrams, failed): (Vec<_>, Vec<_>) =
                heard.all().into_iter().partition(Result::is_ok);
            let numbers: Vec<u8> = datagrams.into_iter().flat_map(Result::unwrap).collect();
            assert_eq!(numbers, (0..10).collect::<Vec<u8>>(), "{faults:?}");
            let failed: Vec<Errno> = failed.into_iter().filter_map(Result::err).collect();
            assert_eq!(failed, errors);
            close_and_end(lp, &[udp]);
        }
    });
}

/// `EAGAIN` means that there is nothing, so it is believed until the kernel speaks again.
#[test]
fn nothing_there() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let heard = listen(&mut lp, udp);
        assert_eq!(udp.try_send(&mut lp, b"one", to), Ok(3));
        let faults = fault::plan([Fault::new(NAME, 1, Effect::Fail(Errno::EAGAIN))]);
        while faults.left() > 0 {
            lp.run(uvox_loop::RunMode::Once).unwrap();
        }
        assert!(heard.is_empty());
        assert_eq!(udp.try_send(&mut lp, b"two", to), Ok(3));
        until(&mut lp, |_| heard.len() == 2);
        assert_eq!(heard.all(), crate::common::texts(&["one", "two"]));
        close_and_end(lp, &[udp]);
    });
}

/// Errors that come one after the other do not hold up the others: they count as datagrams do.
#[test]
fn errors_count() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        assert_eq!(udp.try_send(&mut lp, b"x", to), Ok(1));
        let heard = listen(&mut lp, udp);
        let faults = [1; 100].map(|nth| Fault::new(NAME, nth, Effect::Fail(Errno::EIO)));
        let faults = fault::plan(faults);
        lp.run(uvox_loop::RunMode::Once).unwrap();
        assert_eq!(heard.len(), 32);
        until(&mut lp, |_| heard.len() == 101);
        assert_eq!(faults.left(), 0);
        close_and_end(lp, &[udp]);
    });
}
