//! Without a listener `emit!` evaluates none of its arguments; with one, each once.

use std::cell::Cell;

use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Errno, Timer, emit};

use crate::common::{close, end, new_loop, scenario};

#[test]
fn nothing_is_evaluated_when_off() {
    scenario(|| {
        let mut lp = new_loop();
        let timer = Timer::new(&mut lp);
        let evaluated = Cell::new(0);
        let count = |value: u64| {
            evaluated.set(evaluated.get() + 1);
            value
        };
        let emit_one = || {
            emit!(
                Net,
                "scenario" @ {
                    count(0);
                    timer
                },
                bytes = count(1),
                result = Err::<usize, _>(Errno::from_raw(count(2) as i32)),
                queue = count(3) => count(4)
            )
        };
        assert_eq!(emit_one(), None);
        assert_eq!(evaluated.get(), 0);

        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let seq = emit_one();
        trace::take();
        assert_eq!(evaluated.get(), 5);
        let events = recorder.events();
        assert_eq!(Some(events[0].seq), seq);
        assert_eq!(events[0].object, Some(timer.into()));
        assert_eq!(events[0].queue, Some((3, 4)));
        assert_eq!(emit_one(), None);
        assert_eq!(evaluated.get(), 5);
        close(&mut lp, timer);
        lp.run(uvox_loop::RunMode::Default).unwrap();
        end(lp);
    });
}
