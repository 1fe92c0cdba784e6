//! What few streams do, or for a short time only.

use super::connect::Connecting;
use super::listen::Listener;
use super::shutdown::OnShutdown;
use super::splice::Splicing;
use super::state::StreamState;

/// It is in a place of its own, which is there while there is any of it: so one look tells that a stream only reads and writes, and such a stream is small.
#[derive(Debug, Default)]
pub(super) struct Rare {
    pub(super) connecting: Connecting,
    pub(super) listener: Listener,
    pub(super) splicing: Splicing,
    pub(super) ending: Ending,
}

/// A shutdown that waits until all is sent.
#[derive(Default)]
pub(super) struct Ending(pub(super) Option<OnShutdown>);

impl StreamState {
    /// The place for what is begun.
    pub(super) fn rare_mut(&mut self) -> &mut Rare {
        self.rare.get_or_insert_default()
    }

    /// Something has ended: if it was the last, the place goes. A listener's callback may come back to it.
    pub(super) fn settle(&mut self) {
        self.rare.take_if(|rare| {
            !rare.connecting.is_on()
                && !rare.listener.is_set()
                && !rare.splicing.is_on()
                && rare.ending.0.is_none()
        });
    }

    /// Whether a connection attempt goes on.
    pub(super) fn is_connecting(&self) -> bool {
        self.asks_rare(|rare| rare.connecting.is_on())
    }

    pub(super) fn is_listening(&self) -> bool {
        self.asks_rare(|rare| rare.listener.is_on())
    }

    /// Whether it is a source or a sink.
    pub(super) fn is_spliced(&self) -> bool {
        self.asks_rare(|rare| rare.splicing.is_on())
    }

    /// Whether what it reads is spliced to a sink.
    pub(super) fn is_source(&self) -> bool {
        self.asks_rare(|rare| rare.splicing.is_source())
    }

    /// Whether there are spliced bytes to give to it, or to tell of.
    pub(super) fn has_spliced(&self) -> bool {
        self.asks_rare(|rare| rare.splicing.has_to_send())
    }

    /// How many spliced bytes are to be given to it, before whatever is in its queue.
    pub(super) fn in_pipe(&self) -> usize {
        self.rare.as_ref().map_or(0, |rare| rare.splicing.in_pipe())
    }

    /// Whether a shutdown waits.
    pub(super) fn is_ending(&self) -> bool {
        self.asks_rare(|rare| rare.ending.0.is_some())
    }

    fn asks_rare(&self, question: impl FnOnce(&Rare) -> bool) -> bool {
        self.rare.as_deref().is_some_and(question)
    }
}
