//! Hooks of one phase run in the opposite order of their starting; starting an active one again changes neither order nor callback.

use uvox_loop::{Check, Ctx, Idle, Prepare, RunMode};

use crate::common::{Seen, close_all, end, new_loop, scenario};

macro_rules! order {
    ($hook:ident) => {{
        let mut lp = new_loop();
        let seen = Seen::new();
        let hooks: Vec<$hook> = (0..4).map(|_| $hook::new(&mut lp)).collect();
        for i in [2, 0, 3, 1] {
            let seen = seen.clone();
            hooks[i].start(&mut lp, move |_, _| seen.add(i)).unwrap();
        }
        hooks[2]
            .start(&mut lp, |_: &mut Ctx, _| panic!("the second callback"))
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [1, 3, 0, 2], stringify!($hook));

        // Stopped and started, it is the last to be started.
        hooks[0].stop(&mut lp).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), [1, 3, 2], stringify!($hook));
        let again = seen.clone();
        hooks[0].start(&mut lp, move |_, _| again.add(10)).unwrap();
        for _ in 0..2 {
            lp.run(RunMode::NoWait).unwrap();
            assert_eq!(seen.take(), [10, 1, 3, 2], stringify!($hook));
        }
        close_all(&mut lp);
        lp.run(RunMode::Default).unwrap();
        assert_eq!(seen.take(), [0; 0]);
        end(lp);
    }};
}

#[test]
fn last_started_runs_first() {
    scenario(|| {
        order!(Idle);
        order!(Prepare);
        order!(Check);
    });
}
