//! How it ends: at its end, by a signal, or because nobody reads what it says. Whichever it is, nothing is left behind: servers die with us, as they are
//! [started](crate::process::pinned) that way, and what is temporary is in one directory.

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::{process, thread};

use rustix::process::Signal;
use tempfile::TempDir;
use uvox_loop::{Errno, Loop, RunMode};

use crate::error::Result;

/// Where sockets are, and what valgrind and strace have to say.
static TEMPORARY: Mutex<Option<TempDir>> = Mutex::new(None);

fn temporary() -> MutexGuard<'static, Option<TempDir>> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes the temporary directory, and sees to it that a signal does not leave it behind.
pub(crate) fn prepare() -> Result<()> {
    *temporary() = Some(tempfile::Builder::new().prefix("uvox-bench-").tempdir()?);
    let (ready, watching) = mpsc::channel();
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || watch_signals(&ready))?;
    // Without the thread, a signal does what it does anyway.
    let _ = watching.recv();
    Ok(())
}

/// A temporary path, which nobody else has.
pub(crate) fn path() -> PathBuf {
    static LAST: AtomicU32 = AtomicU32::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed).to_string();
    match &*temporary() {
        Some(directory) => directory.path().join(number),
        None => std::env::temp_dir().join(format!("uvox-bench-{}-{number}", process::id())),
    }
}

/// Removes what is temporary.
pub(crate) fn clear() {
    // One that cannot be removed stays.
    drop(temporary().take());
}

fn leave(code: i32) -> ! {
    clear();
    process::exit(code)
}

fn watch_signals(ready: &mpsc::Sender<()>) -> Result<(), Errno> {
    let mut lp = Loop::new()?;
    for signal in [Signal::INT, Signal::TERM] {
        uvox_loop::Signal::new(&mut lp).start(&mut lp, signal.as_raw(), |_, _, signal| {
            // A shell says so, too, of who is ended by a signal.
            leave(128 + signal)
        })?;
    }
    // Somebody waits for it.
    let _ = ready.send(());
    lp.run(RunMode::Default).map(drop)
}

/// Prints a line. There is nothing more to do when nobody reads it.
pub(crate) fn say(line: &str) {
    let mut out = io::stdout().lock();
    let Err(error) = writeln!(out, "{line}").and_then(|()| out.flush()) else {
        return;
    };
    if error.kind() != io::ErrorKind::BrokenPipe {
        eprintln!("uvox-bench: {error}");
    }
    leave(1)
}
