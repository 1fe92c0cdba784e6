//! Two types of handle may keep the same type of state, and a generic state may have its kind made in place: all resolve, each
//! under its own name.

use uvox_loop::{Kind, RunMode, State};

use crate::common::{close, end, new_loop, scenario};

struct Shared(u32);

static ONE: Kind<Shared> = Kind::new("one");
static OTHER: Kind<Shared> = Kind::new("other");

impl State for Shared {
    const KIND: &'static Kind<Shared> = &ONE;
}

struct Generic<T>(T);

impl<T: 'static> State for Generic<T> {
    const KIND: &'static Kind<Generic<T>> = &Kind::new("generic");
}

#[test]
fn kinds_that_share_a_state() {
    scenario(|| {
        let mut lp = new_loop();
        let one = lp.insert(Shared(1));
        let other = lp.insert_as(&OTHER, Shared(2));
        let text = lp.insert(Generic("text"));
        let number = lp.insert(Generic(3u64));
        assert_eq!(lp.info(one).unwrap().kind, "one");
        assert_eq!(lp.info(other).unwrap().kind, "other");
        assert_eq!(lp.state(one).unwrap().0, 1);
        assert_eq!(lp.state_mut(other).unwrap().0, 2);
        assert_eq!(lp.state(text).unwrap().0, "text");
        assert_eq!(lp.state(number).unwrap().0, 3);
        // The name of one is not the name of the other, whatever it is said to be.
        let wrong = uvox_loop::Handle::<Generic<u64>>::from_key(text.key());
        assert!(lp.state(wrong).is_none());
        for key in [one.key(), other.key(), text.key(), number.key()] {
            close(&mut lp, key);
        }
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
