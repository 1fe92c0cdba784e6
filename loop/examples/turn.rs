//! Watch the loop turn: a handful of handles, and what the trace says of them, phase by phase.
//!
//! ```text
//! cargo run --release -p uvox-loop --example turn
//! ```

use std::time::Duration;

use uvox_loop::{Async, Check, Errno, Idle, Loop, Prepare, RunMode, Timer, trace};

fn main() -> Result<(), Errno> {
    let recorder = trace::Recorder::new();
    trace::set(recorder.clone());
    let mut lp = Loop::new()?;
    start_handles(&mut lp)?;
    lp.run(RunMode::Default)?;
    trace::take();
    print(&recorder.events());
    println!(
        "\n{} turns on {}, nothing left to wait for",
        lp.metrics().turns,
        lp.backend_name()
    );
    Loop::close(lp).map_err(|busy| busy.errno())
}

/// A timer that fires in a millisecond, a thread that wakes the loop, and one hook of each kind for the first turn.
fn start_handles(lp: &mut Loop) -> Result<(), Errno> {
    let idle = Idle::new(lp);
    idle.start(lp, |cx, idle| cx.close(idle, |_| ()).unwrap())?;
    let prepare = Prepare::new(lp);
    prepare.start(lp, |cx, prepare| cx.close(prepare, |_| ()).unwrap())?;
    let check = Check::new(lp);
    check.start(lp, |cx, check| cx.close(check, |_| ()).unwrap())?;
    let timer = Timer::new(lp);
    let once = Duration::ZERO;
    timer.start(lp, Duration::from_millis(1), once, |cx, timer| {
        cx.close(timer, |_| ()).unwrap();
    })?;
    let (_, sender) = Async::new(lp, |cx, wakeup| cx.close(wakeup, |_| ()).unwrap());
    std::thread::spawn(move || sender.send());
    Ok(())
}

fn print(events: &[trace::Event]) {
    let start = events.first().map_or(0, |event| event.time_ns);
    let mut heading = (u64::MAX, uvox_loop::Phase::Outside);
    for event in events {
        if heading != (event.turn, event.phase) {
            heading = (event.turn, event.phase);
            println!("\nturn {} · {}", event.turn, event.phase);
        }
        let micros = (event.time_ns - start) / 1_000;
        let cause = event
            .cause
            .map_or(String::new(), |cause| format!("  ← #{cause}"));
        println!(
            "  {micros:>6} µs  #{:<3} {:<5} {event}{cause}",
            event.seq,
            event.layer.name()
        );
    }
}
