//! A send on a connection that is gone fails and raises no SIGPIPE; a write raises it, as the system wants.

use std::cell::Cell;
use std::io::IoSlice;
use std::os::fd::AsFd;
use std::rc::Rc;

use uvox_loop::sys;
use uvox_loop::{Errno, Loop, RunMode, Signal};

use super::support::pair;
use crate::common::{end, new_loop, scenario};

/// How many SIGPIPE were caught while `f` ran.
fn signals(lp: &mut Loop, caught: &Cell<u32>, f: impl FnOnce()) -> u32 {
    let before = caught.get();
    f();
    lp.run(RunMode::NoWait).unwrap();
    caught.get() - before
}

#[test]
fn writing_to_nobody_is_epipe_without_a_signal() {
    scenario(|| {
        let mut lp = new_loop();
        let caught = Rc::new(Cell::new(0));
        let signal = Signal::new(&mut lp);
        let count = caught.clone();
        signal
            .start(&mut lp, libc::SIGPIPE, move |_, _, _| {
                count.set(count.get() + 1);
            })
            .unwrap();

        let (a, b) = pair();
        drop(b);
        let one = [IoSlice::new(b"x")];
        let raised = signals(&mut lp, &caught, || {
            assert_eq!(sys::send(a.as_fd(), b"x"), Err(Errno::EPIPE));
            assert_eq!(sys::sendv(a.as_fd(), &one), Err(Errno::EPIPE));
            let passed = sys::send_descriptors(a.as_fd(), &one, &[a.as_fd()]);
            assert_eq!(passed, Err(Errno::EPIPE));
        });
        assert_eq!(raised, 0);

        let (reader, writer) = sys::pipe().unwrap();
        drop(reader);
        let raised = signals(&mut lp, &caught, || {
            assert_eq!(sys::write(writer.as_fd(), b"x"), Err(Errno::EPIPE));
        });
        assert_eq!(raised, 1);
        let raised = signals(&mut lp, &caught, || {
            assert_eq!(sys::writev(writer.as_fd(), &one), Err(Errno::EPIPE));
        });
        assert_eq!(raised, 1);

        // To a socket too where the call has no way to ask for silence, except on Apple's systems, where the socket has.
        let loud = u32::from(!cfg!(target_vendor = "apple"));
        let raised = signals(&mut lp, &caught, || {
            assert_eq!(sys::write(a.as_fd(), b"x"), Err(Errno::EPIPE));
        });
        assert_eq!(raised, loud);
        if cfg!(target_os = "linux") {
            let (reader, writer) = sys::pipe().unwrap();
            sys::write(writer.as_fd(), b"x").unwrap();
            let raised = signals(&mut lp, &caught, || {
                let moved = sys::splice(reader.as_fd(), a.as_fd(), 1);
                assert_eq!(moved, Err(Errno::EPIPE));
            });
            assert_eq!(raised, 1);
        }

        lp.close(signal, |_| ()).unwrap();
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
