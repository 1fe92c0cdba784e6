//! How far a transfer has come, on a terminal.

use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, OwnedFd};
use std::time::Duration;

use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use uvox::env;
use uvox::event_loop::{Ctx, sys};
use uvox::net::Socket;

/// What is over sooner needs no bar.
const LONG: Duration = Duration::from_secs(1);

/// How often the bar is drawn anew.
const OFTEN: Duration = Duration::from_millis(100);

/// Shows how far a transfer through a socket has come, if it takes long: on standard error, if that is a terminal, and neither of the other two is, where the bar would be in the
/// way of what is typed and read.
pub(crate) fn watch(cx: &mut Ctx, socket: Socket) {
    let (input, output) = (io::stdin().is_terminal(), io::stdout().is_terminal());
    if !io::stderr().is_terminal() || input || output {
        return;
    }
    let length = length_of_input();
    env::set_timeout(cx, LONG, move |cx| show(cx, socket, length)).unref(cx);
}

/// How much is to be sent, if that is known: what is left of a file.
fn length_of_input() -> Option<u64> {
    use std::io::Seek;
    let stdin: OwnedFd = sys::dup(io::stdin().as_fd()).ok()?;
    let mut file = std::fs::File::from(stdin);
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() {
        return None;
    }
    let at = file.stream_position().ok()?;
    Some(metadata.len().saturating_sub(at))
}

fn show(cx: &mut Ctx, socket: Socket, length: Option<u64>) {
    if socket.is_destroyed(cx) {
        return;
    }
    let bar = match length {
        Some(length) => ProgressBar::new(length),
        None => ProgressBar::no_length(),
    };
    // Also if the run ends with an error: that has the line for itself.
    let bar = bar.with_finish(ProgressFinish::AndClear);
    // The loop draws it, and no thread of its own.
    bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
    let template = match length {
        Some(_) => "{wide_bar} {bytes} of {total_bytes} sent, {msg} received, {bytes_per_sec}",
        None => "{spinner} {bytes} sent, {msg} received, {bytes_per_sec}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    draw(cx, socket, &bar);
    let drawn = bar.clone();
    let every = env::set_interval(cx, OFTEN, move |cx, _| draw(cx, socket, &drawn));
    every.unref(cx);
    socket.on_close(cx, move |cx, _, _| {
        every.clear(cx);
        bar.finish_and_clear();
    });
}

fn draw(cx: &Ctx, socket: Socket, bar: &ProgressBar) {
    let received = HumanBytes(socket.bytes_read(cx));
    bar.set_position(socket.bytes_written(cx));
    bar.set_message(received.to_string());
    bar.tick();
}
