//! Every handle on a signal is called, in every loop, and stopping one leaves the others as they are.

use signal_hook::low_level::raise;
use uvox_loop::{Loop, RunMode, Signal};

use crate::common::{Seen, close_all, end, new_loop, scenario};

#[test]
fn several_handles_and_loops() {
    scenario(|| {
        let seen = Seen::new();
        let mut loops: Vec<Loop> = (0..3).map(|_| new_loop()).collect();
        let mut handles = Vec::new();
        for (at, lp) in loops.iter_mut().enumerate() {
            for i in 0..2 {
                let seen = seen.clone();
                let signal = Signal::new(lp);
                signal
                    .start(lp, libc::SIGUSR1, move |_, _, _| seen.add((at, i)))
                    .unwrap();
                handles.push(signal);
            }
        }
        let raise_and_run = |loops: &mut [Loop]| {
            raise(libc::SIGUSR1).unwrap();
            for lp in loops {
                lp.run(RunMode::NoWait).unwrap();
            }
            seen.take()
        };
        let all = raise_and_run(&mut loops);
        assert_eq!(all, [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0), (2, 1)]);

        handles[0].stop(&mut loops[0]).unwrap();
        drop(loops.pop());
        assert_eq!(raise_and_run(&mut loops), [(0, 1), (1, 0), (1, 1)]);
        for mut lp in loops {
            close_all(&mut lp);
            lp.run(RunMode::Default).unwrap();
            end(lp);
        }
        // Nobody watches it any more, and it does not kill the process.
        raise(libc::SIGUSR1).unwrap();
    });
}

#[test]
fn loops_on_several_threads() {
    scenario(|| {
        let (ready, all_ready) = std::sync::mpsc::channel();
        let threads: Vec<_> = (0..3)
            .map(|_| {
                let ready = ready.clone();
                std::thread::spawn(move || {
                    let mut lp = new_loop();
                    let signal = Signal::new(&mut lp);
                    signal
                        .start(&mut lp, libc::SIGUSR2, |cx, signal, _| {
                            cx.close(signal, |_| ()).unwrap();
                        })
                        .unwrap();
                    ready.send(()).unwrap();
                    assert!(!lp.run(RunMode::Default).unwrap());
                    end(lp);
                })
            })
            .collect();
        for _ in 0..3 {
            all_ready.recv().unwrap();
        }
        raise(libc::SIGUSR2).unwrap();
        for thread in threads {
            thread.join().unwrap();
        }
    });
}
