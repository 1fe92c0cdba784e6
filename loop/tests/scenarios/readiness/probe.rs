//! A handle that does nothing with its descriptor but note what is said of it.

use std::os::fd::{AsFd, OwnedFd};

use crate::common::Seen;
use uvox_loop::sys::set_nonblocking;
use uvox_loop::{Ctx, Errno, Handle, Key, Kind, Ready, State};

/// Watches a descriptor, edge-triggered, and uses nothing up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Probe(Handle<ProbeState>);

pub(crate) struct ProbeState {
    /// All that was said when it was called.
    said: Ready,
    calls: usize,
    /// Where else each call is noted.
    record: Seen<Probe>,
}

static PROBE: Kind<ProbeState> = Kind::new("test probe").on_ready(|cx, key| {
    let ready = cx.take_ready(key);
    let state = cx.state_mut::<ProbeState>(key.into()).unwrap();
    state.said |= ready;
    state.calls += 1;
    let record = state.record.clone();
    record.add(Probe(key.into()));
});

impl State for ProbeState {
    const KIND: &'static Kind<ProbeState> = &PROBE;
}

impl Probe {
    pub(crate) fn new(cx: &mut Ctx, fd: impl Into<OwnedFd>) -> Probe {
        Probe::try_new(cx, fd).unwrap()
    }

    /// As [`Probe::new`], for a descriptor that may be refused; then no handle is left.
    pub(crate) fn try_new(cx: &mut Ctx, fd: impl Into<OwnedFd>) -> Result<Probe, Errno> {
        let fd = fd.into();
        set_nonblocking(fd.as_fd(), true)?;
        let probe = Probe::unwatched(cx, fd, Seen::new());
        if let Err(errno) = cx.watch(probe) {
            probe.close(cx);
            return Err(errno);
        }
        Ok(probe)
    }

    /// One that does not watch yet. Its calls are noted in `record`, among those of others.
    pub(crate) fn unwatched(cx: &mut Ctx, fd: impl Into<OwnedFd>, record: Seen<Probe>) -> Probe {
        let handle = cx.insert(ProbeState {
            said: Ready::NONE,
            calls: 0,
            record,
        });
        cx.set_descriptor(handle, fd.into()).unwrap();
        cx.set_active(handle, true).unwrap();
        Probe(handle)
    }

    /// What was said since this was last asked.
    pub(crate) fn said(self, cx: &mut Ctx) -> Ready {
        std::mem::take(&mut cx.state_mut(self.0).unwrap().said)
    }

    /// How often it was called.
    pub(crate) fn calls(self, cx: &Ctx) -> usize {
        cx.state(self.0).unwrap().calls
    }

    pub(crate) fn close(self, cx: &mut Ctx) {
        cx.close(self.0, |_| ()).unwrap();
    }
}

impl From<Probe> for Key {
    fn from(probe: Probe) -> Key {
        probe.0.key()
    }
}
