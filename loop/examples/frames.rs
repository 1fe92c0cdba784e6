//! A uvox loop inside a game: sixty frames a second, of which callbacks get two milliseconds each.
//!
//! ```text
//! cargo run --release -p uvox-loop --example frames
//! ```

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use uvox_loop::{Check, Errno, Loop, Timer};

const FRAME: Duration = Duration::from_nanos(1_000_000_000 / 60);
const FOR_CALLBACKS: Duration = Duration::from_millis(2);
const FRAMES: u32 = 30;

/// The game's own data, which callbacks reach through the loop.
#[derive(Default)]
struct World {
    monsters_moved: u32,
}

fn main() -> Result<(), Errno> {
    let mut lp = Loop::new()?;
    start_monsters(&mut lp, 500)?;
    let turns = count_turns(&mut lp)?;

    let (mut longest, mut postponed) = (Duration::ZERO, 0);
    for _ in 0..FRAMES {
        let frame = Instant::now();
        lp.run_for(FOR_CALLBACKS)?;
        longest = longest.max(frame.elapsed());
        // What the two milliseconds were not enough for is first in line in the next frame.
        if lp.backend_timeout() == Some(Duration::ZERO) {
            postponed += 1;
        }
        draw(frame);
    }
    println!(
        "{FRAMES} frames: {} moves in {} turns, {postponed} frames left work for the next, callbacks took {longest:?} at most",
        lp.slot::<World>().monsters_moved,
        turns.get(),
    );
    // The loop is dropped with everything still running: it frees and closes it all.
    Ok(())
}

/// Monsters that think for ten microseconds each, all at once, every few frames: more than fits into one.
fn start_monsters(lp: &mut Loop, count: u32) -> Result<(), Errno> {
    for _ in 0..count {
        let monster = Timer::new(lp);
        let every = Duration::from_millis(70);
        monster.start(lp, every, every, |cx, _| {
            let thinking = Instant::now();
            while thinking.elapsed() < Duration::from_micros(10) {
                std::hint::spin_loop();
            }
            cx.slot::<World>().monsters_moved += 1;
        })?;
    }
    Ok(())
}

fn count_turns(lp: &mut Loop) -> Result<Rc<Cell<u32>>, Errno> {
    let turns = Rc::new(Cell::new(0));
    let check = Check::new(lp);
    check.start(lp, {
        let turns = turns.clone();
        move |_, _| turns.set(turns.get() + 1)
    })?;
    lp.unref(check)?;
    Ok(turns)
}

/// The rest of the frame belongs to the picture.
fn draw(frame: Instant) {
    std::thread::sleep(FRAME.saturating_sub(frame.elapsed()));
}
