//! A handler that the host installed before is called too, while the loop watches the signal and after it stopped.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::low_level::{raise, unregister};
use uvox_loop::{RunMode, Signal};

use crate::common::{close, end, new_loop, scenario};

#[test]
fn the_hosts_own_handler_stays() {
    scenario(|| {
        let caught = Arc::new(AtomicUsize::new(0));
        let handler = signal_hook::flag::register_usize(libc::SIGUSR1, caught.clone(), 1).unwrap();
        let count = || caught.swap(0, Ordering::SeqCst);

        let mut lp = new_loop();
        let signal = Signal::new(&mut lp);
        signal
            .start(&mut lp, libc::SIGUSR1, |cx, signal, _| close(cx, signal))
            .unwrap();
        raise(libc::SIGUSR1).unwrap();
        assert_eq!(count(), 1);
        assert!(!lp.run(RunMode::Default).unwrap());
        raise(libc::SIGUSR1).unwrap();
        assert_eq!(count(), 1);
        end(lp);
        raise(libc::SIGUSR1).unwrap();
        assert_eq!(count(), 1);
        unregister(handler);
    });
}
