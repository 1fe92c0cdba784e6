//! A loop carries one value of each type for whoever asks, made when first asked for, and dropped with the loop.

use std::rc::Rc;
use std::time::Duration;

use uvox_loop::{RunMode, Timer};

use crate::common::{close, new_loop, scenario};

#[derive(Default)]
struct Frames(u64);

#[derive(Default)]
struct Names(Vec<&'static str>);

#[derive(Default)]
struct Held(Option<Rc<()>>);

#[test]
fn slots_for_the_hosts_data() {
    scenario(|| {
        let (mut lp, mut other) = (new_loop(), new_loop());
        assert_eq!(lp.slot::<Frames>().0, 0);
        lp.slot::<Frames>().0 = 7;
        lp.slot::<Names>().0.push("first");
        *lp.slot::<u64>() = 3;
        assert_eq!(other.slot::<Frames>().0, 0, "each loop has its own");

        // Callbacks find them.
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, |cx, timer| {
                cx.slot::<Frames>().0 += 1;
                cx.slot::<Names>().0.push("second");
                close(cx, timer);
            })
            .unwrap();
        lp.run(RunMode::Default).unwrap();
        assert_eq!(lp.slot::<Frames>().0, 8);
        assert_eq!(lp.slot::<Names>().0, ["first", "second"]);
        assert_eq!(*lp.slot::<u64>(), 3);

        let held = Rc::new(());
        lp.slot::<Held>().0 = Some(held.clone());
        drop(lp);
        assert_eq!(Rc::strong_count(&held), 1);
    });
}
