//! A loop carries one value of each type that has a kind, made when first asked for, and dropped with the loop. Slots of the same types are others.

use std::rc::Rc;

use uvox_loop::{Kind, State};

use crate::common::{new_loop, scenario};

#[derive(Default)]
struct Frames(u64);

static FRAMES: Kind<Frames> = Kind::new("frames");

impl State for Frames {
    const KIND: &'static Kind<Frames> = &FRAMES;
}

#[derive(Default)]
struct Held(Option<Rc<()>>);

impl State for Held {
    // No static, so that it may have several addresses.
    const KIND: &'static Kind<Held> = &Kind::new("held");
}

#[test]
fn residents_beside_the_slots() {
    scenario(|| {
        let (mut lp, mut other) = (new_loop(), new_loop());
        assert!(lp.get_resident::<Frames>().is_none());
        lp.resident::<Frames>().0 = 7;
        let held = Rc::new(());
        lp.resident::<Held>().0 = Some(held.clone());
        assert_eq!(lp.get_resident::<Frames>().unwrap().0, 7);
        assert_eq!(other.resident::<Frames>().0, 0, "each loop has its own");
        assert_eq!(lp.slot::<Frames>().0, 0);

        // Whichever was asked for last.
        for round in 8..11 {
            lp.resident::<Frames>().0 += 1;
            assert_eq!(lp.resident::<Frames>().0, round);
            assert!(lp.get_resident::<Held>().unwrap().0.is_some());
            assert!(lp.resident::<Held>().0.is_some());
        }
        assert!(!lp.alive(), "it holds no loop");

        drop(lp);
        assert_eq!(Rc::strong_count(&held), 1);
    });
}
