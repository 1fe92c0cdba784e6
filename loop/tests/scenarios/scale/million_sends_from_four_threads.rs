//! A million sends from four threads: far fewer calls, and nothing lost.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use uvox_loop::{Async, RunMode};

use crate::common::{Seen, close, end, new_loop, scenario};

const THREADS: u64 = 4;
const SENDS: u64 = 250_000;

#[test]
fn million_sends_from_four_threads() {
    scenario(|| {
        let mut lp = new_loop();
        let sent = Arc::new(AtomicU64::new(0));
        let calls = Seen::new();
        let (count, called) = (sent.clone(), calls.clone());
        let (_, sender) = Async::new(&mut lp, move |cx, wakeup| {
            let seen = count.load(Ordering::Relaxed);
            called.add(seen);
            // If the last send were lost, the loop would wait for ever.
            if seen == THREADS * SENDS {
                close(cx, wakeup);
            }
        });
        let threads: Vec<_> = (0..THREADS)
            .map(|_| {
                let (sent, sender) = (sent.clone(), sender.clone());
                std::thread::spawn(move || {
                    for _ in 0..SENDS {
                        sent.fetch_add(1, Ordering::Relaxed);
                        // When all is counted the handle closes, and the sends that are left are refused.
                        let all = sender.send().is_ok()
                            || sent.load(Ordering::Relaxed) == THREADS * SENDS;
                        assert!(all, "refused while the handle was open");
                    }
                })
            })
            .collect();
        assert!(!lp.run(RunMode::Default).unwrap());
        for thread in threads {
            thread.join().unwrap();
        }
        let calls = calls.all();
        assert!(calls.is_sorted() && calls.len() as u64 <= THREADS * SENDS);
        assert_eq!(calls.last(), Some(&(THREADS * SENDS)));
        end(lp);
    });
}
