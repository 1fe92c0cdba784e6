//! How much of anything the loop does before it looks at the rest.

/// The bounds on a turn's work. Every loop over work that a user or a peer can make has one of these as its end.
///
/// Set them with [`Builder::budgets`](crate::Builder::budgets); read them with [`Ctx::budgets`](crate::Ctx::budgets).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Budgets {
    /// Reads of one stream in a turn (`uv__read`'s count).
    pub reads: u32,
    /// Bytes read from one stream in a turn.
    pub read_bytes: usize,
    /// Connections accepted from one listener in a turn.
    pub accepts: u32,
    /// Datagrams taken from one socket in a turn, of which one call may bring many. What the kernel has put together is one until it is there.
    pub datagrams: u32,
    /// Events taken from the kernel in a turn: 65,536 at most, for room is kept for all of them.
    pub events: usize,
    /// How many times a turn goes through what its own callbacks queued.
    pub queue_passes: u32,
    /// Calls of one signal handle's callback in a turn.
    pub signals: u32,
}

/// Reads of one stream in a turn.
pub const READS_PER_TURN: u32 = 32;
/// Bytes read from one stream in a turn: 256 KiB.
pub const READ_BYTES_PER_TURN: usize = 256 * 1024;
/// Connections accepted from one listener in a turn: more than a backlog usually holds.
pub const ACCEPTS_PER_TURN: u32 = 1024;
/// Datagrams taken from one socket in a turn (`uv__udp_recvmsg`'s count).
pub const DATAGRAMS_PER_TURN: u32 = 32;
/// Events taken from the kernel in a turn.
pub const EVENTS_PER_TURN: usize = 1024;
/// Passes over the run queue in a turn, after the one over what the kernel reported.
pub const QUEUE_PASSES_PER_TURN: u32 = 8;
/// Calls of one signal handle's callback in a turn.
pub const SIGNALS_PER_TURN: u32 = 32;

impl Default for Budgets {
    fn default() -> Budgets {
        Budgets {
            reads: READS_PER_TURN,
            read_bytes: READ_BYTES_PER_TURN,
            accepts: ACCEPTS_PER_TURN,
            datagrams: DATAGRAMS_PER_TURN,
            events: EVENTS_PER_TURN,
            queue_passes: QUEUE_PASSES_PER_TURN,
            signals: SIGNALS_PER_TURN,
        }
    }
}

impl Budgets {
    pub(crate) fn at_least_one(&mut self) {
        self.reads = self.reads.max(1);
        self.read_bytes = self.read_bytes.max(1);
        self.accepts = self.accepts.max(1);
        self.datagrams = self.datagrams.max(1);
        self.events = self.events.clamp(1, 1 << 16);
        self.queue_passes = self.queue_passes.max(1);
        self.signals = self.signals.max(1);
    }
}
