//! A handle that is put off is called in the next turn, behind what the kernel has to say there, and the loop does not wait for it.

use uvox_loop::{Async, Check, RunMode};

use crate::common::{Seen, close_all, end, fed, new_loop, scenario};

#[test]
fn requeue_waits_for_the_next_turn() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let (_, sender) = {
            let seen = seen.clone();
            Async::new(&mut lp, move |_, _| seen.add("event"))
        };
        let put_off = seen.clone();
        let mut left = 3;
        let handle = fed(&mut lp, move |cx, handle| {
            put_off.add("called");
            left -= 1;
            if left > 0 {
                // Being put off twice changes nothing.
                cx.requeue(handle).unwrap();
                cx.requeue(handle).unwrap();
                sender.send().unwrap();
            } else {
                close_all(cx);
            }
        });
        let check = Check::new(&mut lp);
        let turned = seen.clone();
        check
            .start(&mut lp, move |_, _| turned.add("turn"))
            .unwrap();
        lp.requeue(handle).unwrap();
        // Nothing in this loop would ever end a wait.
        assert!(!lp.run(RunMode::Default).unwrap());
        let expected = [
            "called", "turn", "event", "called", "turn", "event", "called",
        ];
        assert_eq!(seen.all(), expected);
        end(lp);
    });
}
