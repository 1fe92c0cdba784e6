//! At `trace` level the `log` crate gets the events, one target per layer; at any other level, none.

use std::time::Duration;

use uvox_loop::{RunMode, Timer, emit};

use crate::common::{captured_log, close, end, new_loop, scenario};

fn run_a_timer() {
    let mut lp = new_loop();
    let timer = Timer::new(&mut lp);
    timer
        .start(&mut lp, Duration::ZERO, Duration::ZERO, |cx, timer| {
            emit!(Uv, "read", bytes = 1u64);
            emit!(Base, "listener");
            emit!(Net, "data");
            close(cx, timer);
        })
        .unwrap();
    lp.run(RunMode::Default).unwrap();
    end(lp);
}

#[test]
fn lines_in_the_log() {
    scenario(|| {
        let lines = captured_log(log::LevelFilter::Trace, run_a_timer);
        for (target, text) in [
            // The wait, by whatever name.
            ("uvox::sys", " poll: "),
            ("uvox::loop", "timer.fire"),
            ("uvox::uv", "read bytes=1"),
            ("uvox::base", "listener"),
            ("uvox::net", "data"),
        ] {
            let found = lines
                .iter()
                .any(|line| line.starts_with(&format!("{target} TRACE ")) && line.contains(text));
            assert!(found, "no {text} of {target} in {lines:#?}");
        }
        let read = lines
            .iter()
            .find(|line| line.contains("read bytes"))
            .unwrap();
        assert!(
            read.contains("timers: ") && read.contains("(from #"),
            "{read}"
        );

        let lines = captured_log(log::LevelFilter::Debug, run_a_timer);
        assert_eq!(lines, [""; 0]);
    });
}
