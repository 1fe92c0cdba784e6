//! A loop that is dropped with handles open and closing calls nobody, closes its descriptors, and drops what callbacks captured.

use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::rc::Rc;
use std::time::Duration;

use uvox_loop::sys::descriptor_is_open;
use uvox_loop::{Async, Check, Errno, Idle, Interest, Poll, Prepare, Signal, Timer};

use crate::common::{close, fed, new_loop, scenario};

#[test]
fn drop_of_a_loop_with_open_handles() {
    scenario(|| {
        let mut lp = new_loop();
        let captured = Rc::new(());
        let hold = || {
            let captured = captured.clone();
            move || panic!("called, with {captured:?}")
        };
        let f = hold();
        Idle::new(&mut lp).start(&mut lp, move |_, _| f()).unwrap();
        let f = hold();
        Prepare::new(&mut lp)
            .start(&mut lp, move |_, _| f())
            .unwrap();
        let f = hold();
        Check::new(&mut lp).start(&mut lp, move |_, _| f()).unwrap();
        let (f, g) = (hold(), hold());
        let timer = Timer::new(&mut lp);
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |_, _| f())
            .unwrap();
        lp.close(timer, move |_| g()).unwrap();
        let f = hold();
        let (_, sender) = Async::new(&mut lp, move |_, _| f());
        sender.send().unwrap();
        let f = hold();
        Signal::new(&mut lp)
            .start(&mut lp, libc::SIGUSR2, move |_, _, _| f())
            .unwrap();
        let (ours, theirs) = UnixStream::pair().unwrap();
        let f = hold();
        Poll::new(&mut lp, &ours)
            .unwrap()
            .start(&mut lp, Interest::WRITABLE, move |_, _, _| f())
            .unwrap();
        let f = hold();
        let owner = fed(&mut lp, move |_, _| f());
        let theirs_fd = theirs.as_raw_fd();
        lp.set_descriptor(owner, OwnedFd::from(theirs)).unwrap();
        lp.watch(owner).unwrap();
        lp.feed(owner).unwrap();
        lp.begin_request();
        let f = hold();
        lp.on_change(Some(Box::new(move || {
            let _ = &f;
        })));
        assert_eq!(Rc::strong_count(&captured), 11);

        drop(lp);
        assert_eq!(Rc::strong_count(&captured), 1, "what callbacks captured");
        assert!(
            !descriptor_is_open(theirs_fd),
            "a descriptor that was the loop's"
        );
        assert!(
            descriptor_is_open(ours.as_raw_fd()),
            "one that was only watched"
        );
        assert_eq!(sender.send(), Err(Errno::EBADF));
    });
}

#[test]
fn what_a_callback_captured_goes_with_its_handle() {
    scenario(|| {
        let mut lp = new_loop();
        let captured = Rc::new(());
        let (timer, inside) = (Timer::new(&mut lp), captured.clone());
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |_, _| {
                drop(inside.clone())
            })
            .unwrap();
        let seen = captured.clone();
        lp.close(timer, move |_| assert_eq!(Rc::strong_count(&seen), 2))
            .unwrap();
        assert_eq!(Rc::strong_count(&captured), 3);
        lp.run(uvox_loop::RunMode::Default).unwrap();
        assert_eq!(Rc::strong_count(&captured), 1);
        // A callback that is replaced goes at once.
        let (timer, inside) = (Timer::new(&mut lp), captured.clone());
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, move |_, _| {
                drop(inside.clone())
            })
            .unwrap();
        timer
            .start(&mut lp, Duration::ZERO, Duration::ZERO, |_, _| ())
            .unwrap();
        assert_eq!(Rc::strong_count(&captured), 1);
        close(&mut lp, timer);
        lp.run(uvox_loop::RunMode::Default).unwrap();
        crate::common::end(lp);
    });
}
