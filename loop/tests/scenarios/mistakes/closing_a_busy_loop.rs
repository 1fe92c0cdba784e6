//! `Loop::close` refuses while anything is left (EBUSY), names it, and gives the loop back.

use std::time::Duration;

use uvox_loop::{Async, Errno, Loop, RunMode, Timer};

use crate::common::{close_all, end, new_loop, scenario};

#[test]
fn closing_a_busy_loop() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        let timer_line = line!() - 1;
        let (wakeup, _sender) = Async::new(&mut lp, |_, _| ());
        let wakeup_line = line!() - 1;
        timer
            .start(&mut lp, Duration::from_secs(1), Duration::ZERO, |_, _| ())
            .unwrap();
        lp.close(wakeup, |_| ()).unwrap();
        lp.begin_request();

        let busy = Loop::close(lp).unwrap_err();
        assert_eq!(busy.errno(), Errno::EBUSY);
        assert_eq!(busy.requests(), 1);
        let kinds: Vec<_> = busy.handles().iter().map(|handle| handle.kind).collect();
        assert_eq!(kinds, ["timer", "async"]);
        let message = busy.to_string();
        assert!(message.starts_with("EBUSY"), "{message}");
        assert!(message.contains("1 requests and 2 handles"), "{message}");
        for (kind, line) in [("timer", timer_line), ("async", wakeup_line)] {
            let named = message
                .lines()
                .find(|text| text.trim_start().starts_with(kind));
            let named = named.unwrap_or_else(|| panic!("no {kind} in {message}"));
            if cfg!(debug_assertions) {
                assert!(named.contains(&format!("{}:{line}:", file!())), "{named}");
            }
            assert_eq!(named.ends_with(", closing"), kind == "async", "{named}");
        }

        let mut lp = busy.into_loop();
        lp.end_request().unwrap();
        close_all(&mut lp);
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}
