//! What every scenario is run in.

use std::cell::RefCell;

use uvox_loop::{Callback, Ctx, Handle, Kind, State};
pub(crate) use uvox_testing::{Seen, close, close_all, end, new_loop, open_descriptors, scenario};

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
