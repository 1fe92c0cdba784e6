//! Where in its turn a loop is.

use std::fmt;

/// How long [`Loop::run`](crate::Loop::run) goes on (`uv_run_mode`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunMode {
    /// Until nothing keeps the loop alive or [`Ctx::stop`](crate::Ctx::stop) is called.
    Default,
    /// One turn, waiting for something to happen if nothing is due yet.
    Once,
    /// One turn, without waiting.
    NoWait,
}

/// A phase of the loop's turn, in their order; libuv's since 1.45.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Phase {
    /// Not in a turn: the host's own code runs.
    Outside,
    /// What was queued since the last turn (`uv__run_pending`).
    Pending,
    /// Idle callbacks.
    Idle,
    /// Prepare callbacks.
    Prepare,
    /// Waiting in the kernel, then the callbacks of what it reported (`uv__io_poll`), then what those queued.
    Poll,
    /// Check callbacks.
    Check,
    /// Close callbacks.
    Closing,
    /// Due timers.
    Timers,
}

impl Phase {
    /// How many phases there are, [`Phase::Outside`] included.
    pub const COUNT: usize = 8;

    /// The phase's name, in lower case.
    pub const fn name(self) -> &'static str {
        match self {
            Phase::Outside => "outside",
            Phase::Pending => "pending",
            Phase::Idle => "idle",
            Phase::Prepare => "prepare",
            Phase::Poll => "poll",
            Phase::Check => "check",
            Phase::Closing => "closing",
            Phase::Timers => "timers",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
