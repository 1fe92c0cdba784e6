//! What every scenario is run in.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Mutex, PoisonError};

use uvox_loop::{Callback, Ctx, Handle, Key, Kind, Loop, State};

/// Runs a scenario alone in the process, and checks that it leaves no descriptor open that was not open before.
///
/// Scenarios share a process, descriptors and signals belong to the process, so they take turns.
pub(crate) fn scenario(run: impl FnOnce()) {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // Whatever the first loop of a process opens for good is open from here on.
    drop(Loop::new().unwrap());
    let before = open_descriptors();
    run();
    assert_eq!(
        open_descriptors(),
        before,
        "descriptors open after the scenario, and before it"
    );
}

/// A new loop.
pub(crate) fn new_loop() -> Loop {
    Loop::new().unwrap()
}

/// Ends a loop, which must have no handle left.
pub(crate) fn end(lp: Loop) {
    Loop::close(lp).unwrap();
}

/// The numbers of the process's open descriptors.
pub(crate) fn open_descriptors() -> Vec<i32> {
    let mut open: Vec<i32> = (0..20_000)
        .filter(|fd| uvox_loop::sys::descriptor_is_open(*fd))
        .collect();
    open.sort_unstable();
    open
}

/// A list that callbacks write and the scenario reads. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Seen<T = &'static str>(Rc<RefCell<Vec<T>>>);

impl<T: Clone> Seen<T> {
    pub(crate) fn new() -> Seen<T> {
        Seen(Rc::default())
    }

    pub(crate) fn add(&self, what: T) {
        self.0.borrow_mut().push(what);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.0.borrow().clone()
    }

    /// What was seen since the last time.
    pub(crate) fn take(&self) -> Vec<T> {
        self.0.take()
    }
}

/// A type of handle of the scenarios' own, such as a stream would be: its callback runs when it comes to the head of the run queue.
pub(crate) struct Fed {
    callback: Callback<OnFed>,
}

type OnFed = dyn FnMut(&mut Ctx, Handle<Fed>);

static FED: Kind<Fed> = Kind::new("fed").on_ready(|cx, key| {
    let handle = Handle::from_key(key);
    cx.call(
        handle,
        |fed: &mut Fed| &mut fed.callback,
        |callback, cx| callback(cx, handle),
    );
});

impl State for Fed {
    const KIND: &'static Kind<Fed> = &FED;
}

/// Makes one. It is active, so that it keeps the loop alive.
#[track_caller]
pub(crate) fn fed(
    cx: &mut Ctx,
    callback: impl FnMut(&mut Ctx, Handle<Fed>) + 'static,
) -> Handle<Fed> {
    let handle = cx.insert(Fed {
        callback: Callback::Set(Box::new(callback)),
    });
    cx.set_active(handle, true).unwrap();
    handle
}

/// Closes all that is open, whatever it is.
pub(crate) fn close_all(cx: &mut Ctx) {
    cx.walk(|cx, handle| {
        if !handle.closing {
            cx.close(handle.key, |_| ()).unwrap();
        }
    });
}

/// Closes handles, without further ado.
pub(crate) fn close(cx: &mut Ctx, handle: impl Into<Key>) {
    cx.close(handle, |_| ()).unwrap();
}

/// Runs `f` with the `log` crate at `level`, and returns what was logged by this thread: target, level and message.
pub(crate) fn captured_log(level: log::LevelFilter, f: impl FnOnce()) -> Vec<String> {
    struct Capture;

    thread_local! {
        static LINES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    }

    impl log::Log for Capture {
        fn enabled(&self, _: &log::Metadata<'_>) -> bool {
            true
        }

        fn log(&self, record: &log::Record<'_>) {
            let line = format!("{} {} {}", record.target(), record.level(), record.args());
            LINES.with_borrow_mut(|lines| lines.push(line));
        }

        fn flush(&self) {}
    }

    // The first scenario that captures sets it; scenarios take turns, so the level is nobody else's concern.
    let _ = log::set_logger(&Capture);
    LINES.take();
    log::set_max_level(level);
    f();
    log::set_max_level(log::LevelFilter::Off);
    LINES.take()
}
