//! Closing a handle twice: EALREADY while it is closing, EBADF when it is gone. The second callback is dropped, not called.

use std::rc::Rc;

use uvox_loop::{Errno, RunMode, Timer};

use crate::common::{Seen, end, new_loop, scenario};

#[test]
fn close_twice() {
    scenario(|| {
        let mut lp = new_loop();
        let seen = Seen::new();
        let timer = Timer::new(&mut lp);
        let closed = seen.clone();
        lp.close(timer, move |_| closed.add("first")).unwrap();
        let captured = Rc::new(());
        let second = captured.clone();
        let error = lp.close(timer, move |_| panic!("called with {second:?}"));
        assert_eq!(error, Err(Errno::EALREADY));
        assert_eq!(Rc::strong_count(&captured), 1);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["first"]);
        assert_eq!(lp.close(timer, |_| panic!("called")), Err(Errno::EBADF));
        end(lp);
    });
}
