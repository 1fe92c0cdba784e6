//! Whatever a thread wrote before it sent, the callback that follows sees, also when the send coalesced with another's.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uvox_loop::{Async, RunMode};

use crate::common::{close, end, new_loop, scenario};

const THREADS: usize = 4;
const SENDS: u64 = 20_000;

#[test]
fn what_was_written_before_a_send_is_seen() {
    scenario(|| {
        let mut lp = new_loop();
        // Written and read without any ordering of their own: the sends have to do it.
        let counters: Arc<[AtomicU64; THREADS]> = Arc::default();
        let shared = counters.clone();
        let mut last = [0; THREADS];
        let (_, sender) = Async::new(&mut lp, move |cx, wakeup| {
            let now = [0, 1, 2, 3].map(|i| shared[i].load(Ordering::Relaxed));
            assert!(now.iter().zip(last).all(|(now, last)| *now >= last));
            last = now;
            // Were the last write of any thread missed, nobody would call again, and the loop wait for ever.
            if now == [SENDS; THREADS] {
                close(cx, wakeup);
            }
        });
        let threads: Vec<_> = (0..THREADS)
            .map(|i| {
                let (counters, sender) = (counters.clone(), sender.clone());
                std::thread::spawn(move || {
                    for n in 1..=SENDS {
                        counters[i].store(n, Ordering::Relaxed);
                        // What is written last may be seen by way of another's send, and the handle be closed then.
                        assert!(sender.send().is_ok() || n == SENDS);
                    }
                })
            })
            .collect();
        assert!(!lp.run(RunMode::Default).unwrap());
        for thread in threads {
            thread.join().unwrap();
        }
        end(lp);
    });
}
