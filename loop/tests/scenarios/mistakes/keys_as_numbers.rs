//! A key goes through a `u64` and back; any other number resolves to nothing, and a handle of another type is not one.

use std::cell::RefCell;
use std::collections::HashSet;

use proptest::prelude::*;
use uvox_loop::{Async, Ctx, Errno, Handle, Key, RunMode, Timer};

use crate::common::{Fed, close, close_all, end, fed, new_loop, scenario};

#[test]
fn there_and_back() {
    scenario(|| {
        let mut lp = new_loop();
        let timers: Vec<Timer> = (0..100).map(|_| Timer::new(&mut lp)).collect();
        let numbers: HashSet<u64> = timers.iter().map(|t| Key::from(*t).to_u64()).collect();
        assert_eq!(numbers.len(), 100);
        for timer in &timers {
            let key = Key::from_u64(Key::from(*timer).to_u64());
            assert_eq!(key, (*timer).into());
            assert_eq!(lp.info(key), lp.info(*timer));
            assert_eq!(lp.info(key).unwrap().kind, "timer");
            close(&mut lp, key);
        }
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn garbage_resolves_to_nothing() {
    scenario(|| {
        let mut lp = new_loop();
        let keys: Vec<u64> = (0..10)
            .map(|_| Key::from(Timer::new(&mut lp)).to_u64())
            .collect();
        let try_all = |cx: &mut Ctx, number: u64| {
            let key = Key::from_u64(number);
            assert_eq!(key.to_u64(), number);
            assert_eq!(cx.close(key, |_| panic!("called")), Err(Errno::EBADF));
            assert_eq!(cx.feed(key), Err(Errno::EBADF));
            assert!(cx.info(key).is_none());
        };
        for number in [
            0,
            1,
            u64::MAX,
            u64::MAX - 1,
            1 << 32,
            u64::from(u32::MAX),
            1 << 63,
        ] {
            try_all(&mut lp, number);
        }
        // Near misses: the right slot with another serial, the right serial in another slot.
        for key in &keys {
            try_all(&mut lp, key ^ 1 << 32);
            try_all(&mut lp, key ^ 1 << 63);
            try_all(&mut lp, key ^ 1);
            try_all(&mut lp, key | 0xffff_ffff);
        }
        let shared = RefCell::new(lp);
        proptest!(|(number: u64)| {
            if !keys.contains(&number) {
                try_all(&mut shared.borrow_mut(), number);
            }
        });
        let mut lp = shared.into_inner();
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_handle_of_another_type_resolves_to_nothing() {
    scenario(|| {
        let mut lp = new_loop();
        let (wakeup, _sender) = Async::new(&mut lp, |_, _| ());
        let handle = Handle::<Fed>::from_key(wakeup.into());
        assert!(lp.state(handle).is_none());
        assert!(lp.state_mut(handle).is_none());
        assert_eq!(lp.open_state(handle).err(), Some(Errno::EBADF));
        assert!(lp.parts(handle).is_none());
        let own = fed(&mut lp, |_, _| ());
        assert!(lp.state(own).is_some());
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
