//! Handles closed in one turn get their close callbacks last-closed first; a handle is gone when its callback runs.

use uvox_loop::{Async, Check, Idle, Key, Prepare, RunMode, Signal, Timer};

use crate::common::{Seen, end, new_loop, scenario};

#[test]
fn last_closed_first() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let handles: Vec<Key> = vec![
            Timer::new(&mut lp).into(),
            Idle::new(&mut lp).into(),
            Async::new(&mut lp, |_, _| ()).0.into(),
            Prepare::new(&mut lp).into(),
            Check::new(&mut lp).into(),
            Signal::new(&mut lp).into(),
        ];
        for i in [3, 0, 5, 1, 4, 2] {
            let (seen, key) = (seen.clone(), handles[i]);
            lp.close(key, move |cx| {
                assert_eq!(cx.info(key), None);
                assert!(cx.is_closing(key) && !cx.is_active(key) && !cx.has_ref(key));
                seen.add(i);
            })
            .unwrap();
            let info = lp.info(key).unwrap();
            assert!(info.closing && !info.active && info.referenced);
        }
        assert!(lp.alive(), "closing handles keep it alive");
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [2, 4, 1, 5, 0, 3]);
        end(lp);
    });
}
