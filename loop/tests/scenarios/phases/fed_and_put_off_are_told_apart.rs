//! A handle may be fed and put off at once: it is called for each, in its place, and knows for which.

use uvox_loop::{Check, Ctx, Handle, Key, Kind, RunMode, State};

use crate::common::{Seen, close_all, end, new_loop, scenario};

struct Both(Seen);

static BOTH: Kind<Both> = Kind::new("both")
    .on_ready(|cx, key| note(cx, key, "ready"))
    .on_fed(|cx, key| note(cx, key, "fed"));

impl State for Both {
    const KIND: &'static Kind<Both> = &BOTH;
}

fn note(cx: &mut Ctx, key: Key, what: &'static str) {
    cx.state(Handle::<Both>::from(key)).unwrap().0.add(what);
}

#[test]
fn fed_and_put_off_are_told_apart() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let both = lp.insert(Both(seen.clone()));
        let check = Check::new(&mut lp);
        let (turns, mut checks) = (seen.clone(), 0);
        check
            .start(&mut lp, move |cx, _| {
                turns.add("check");
                checks += 1;
                match checks {
                    // In the check phase: what is fed is called first thing in the next turn, what is put off after its events.
                    1 => {
                        cx.requeue(both).unwrap();
                        cx.feed(both).unwrap();
                    }
                    2 => cx.requeue(both).unwrap(),
                    _ => close_all(cx),
                }
            })
            .unwrap();
        lp.run(RunMode::NoWait).unwrap();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(seen.take(), ["check", "fed", "ready", "check"]);
        lp.run(RunMode::Default).unwrap();
        assert_eq!(seen.take(), ["ready", "check"]);
        end(lp);
    });
}
