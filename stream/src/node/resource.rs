//! The chain of listeners that a stream resource has, and a listener's place in it (`StreamResource`, `StreamListener`'s links).

use std::any::TypeId;

use uvox_loop::{Ctx, Errno, emit};

use super::base::StreamBase;
use super::listener::StreamListener;
use super::listeners::ReportUpward;
use super::pipe::StreamPipe;

/// What emits, and who hears it (`StreamResource`).
#[derive(Default)]
pub(super) struct StreamResource {
    /// The last is the current one, which hears everything first. Places only grow from the first to the last.
    chain: Vec<Node>,
    last_number: u64,
    pub(super) bytes_read: u64,
    pub(super) bytes_written: u64,
    /// The pipe through which bytes go from here, or come, uncounted.
    pub(super) splice_to: Option<StreamPipe>,
    pub(super) splice_from: Option<StreamPipe>,
}

struct Node {
    place: u64,
    number: u64,
    /// Whether it [hears](StreamListener::hears_data) what is read.
    hears: bool,
    /// Whether it is the one that reports to the layer above, and does nothing else: [`ReportUpward`].
    reports: bool,
    /// Absent while it runs.
    listener: Option<Box<dyn StreamListener>>,
}

impl Node {
    fn new<L: StreamListener>(place: u64, number: u64, listener: L) -> Node {
        Node {
            place,
            number,
            hears: listener.hears_data(),
            reports: TypeId::of::<L>() == TypeId::of::<ReportUpward>(),
            listener: Some(Box::new(listener)),
        }
    }
}

impl std::fmt::Debug for StreamResource {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StreamResource")
            .field("listeners", &self.chain.len())
            .field("bytes_read", &self.bytes_read)
            .field("bytes_written", &self.bytes_written)
            .finish()
    }
}

/// A listener's own place in the chain of a stream: a name, by which it removes itself, replaces others, and passes on what it does not
/// want. It can be copied and kept; one whose listener is not in the chain any more resolves to nothing.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Link {
    stream: StreamBase,
    place: u64,
    number: u64,
}

impl StreamResource {
    pub(super) fn len(&self) -> usize {
        self.chain.len()
    }

    fn next_number(&mut self) -> u64 {
        self.last_number += 1;
        self.last_number
    }

    fn push(&mut self, listener: impl StreamListener) -> (u64, u64) {
        let number = self.next_number();
        if self.chain.is_empty() {
            // Most streams have one listener, and no more.
            self.chain.reserve_exact(1);
        }
        self.chain.push(Node::new(number, number, listener));
        (number, number)
    }

    /// Whether what is read goes to the layer above without a detour: nobody stands before the one that reports there.
    #[inline]
    pub(super) fn reports_upward(&self) -> bool {
        self.chain.last().is_some_and(|node| node.reports)
    }

    fn position(&self, link: Link) -> Option<usize> {
        self.chain
            .iter()
            .position(|node| node.number == link.number)
    }

    /// Takes a listener out to be called: the current one, or the first below a place. One that runs is passed over.
    pub(super) fn take(
        &mut self,
        stream: StreamBase,
        below: Option<Link>,
    ) -> Option<(Link, Box<dyn StreamListener>)> {
        let before = below.map_or(u64::MAX, |link| link.place);
        let free = |node: &&mut Node| node.place < before && node.listener.is_some();
        let node = self.chain.iter_mut().rev().find(free)?;
        let link = Link {
            stream,
            place: node.place,
            number: node.number,
        };
        Some((link, node.listener.take()?))
    }

    /// Puts one back that ran, or hands it back if its place is not its own any more.
    pub(super) fn put_back(
        &mut self,
        link: Link,
        listener: Box<dyn StreamListener>,
    ) -> Option<Box<dyn StreamListener>> {
        match self.position(link) {
            Some(at) => {
                self.chain[at].listener = Some(listener);
                None
            }
            None => Some(listener),
        }
    }
}

impl StreamBase {
    /// Makes a listener the current one: it hears first of everything, and what it does not handle passes to those that were there before
    /// (`PushStreamListener`). The chain owns it from now on, and drops it when it is removed, or destroyed with the stream.
    ///
    /// # Errors
    ///
    /// `EBADF` if the stream is gone, `EINVAL` if what lies below it is. The listener is dropped.
    pub fn push_listener(self, cx: &mut Ctx, listener: impl StreamListener) -> Result<Link, Errno> {
        self.resolve(cx)?;
        let resource = self.resource(cx).ok_or(Errno::EBADF)?;
        let hears = listener.hears_data();
        let (place, number) = resource.push(listener);
        let pipe = resource.splice_to.filter(|_| hears);
        emit!(Base, "base.push_listener" @ self.0, listener = number);
        self.chain_has_changed(cx);
        if let Some(pipe) = pipe {
            pipe.make_way(cx);
        }
        Ok(Link {
            stream: self,
            place,
            number,
        })
    }

    /// Whoever reads below need not ask for buffers that would not come.
    fn chain_has_changed(self, cx: &mut Ctx) {
        let lends = self
            .resource(cx)
            .is_some_and(|resource| resource.reports_upward());
        if let Some(below) = self.below(cx) {
            below.methods.lend(cx, self, below.key, lends);
        }
    }

    /// The current listener's place.
    pub fn current_listener(self, cx: &Ctx) -> Option<Link> {
        self.link_below(cx, u64::MAX)
    }

    fn link_below(self, cx: &Ctx, place: u64) -> Option<Link> {
        self.last_link(cx, |node| node.place < place)
    }

    /// The place of the one that hears first of what is read.
    pub(super) fn current_reader(self, cx: &Ctx) -> Option<Link> {
        self.last_link(cx, |node| node.hears)
    }

    fn last_link(self, cx: &Ctx, is_it: impl Fn(&Node) -> bool) -> Option<Link> {
        let chain = &cx.state(self.0)?.resource.chain;
        let node = chain.iter().rev().find(|node| is_it(node))?;
        Some(Link {
            stream: self,
            place: node.place,
            number: node.number,
        })
    }
}

impl Link {
    /// The stream that is listened to (`stream_`).
    pub fn stream(self) -> StreamBase {
        self.stream
    }

    /// Whether the listener is still there.
    pub fn is_in_chain(self, cx: &Ctx) -> bool {
        let state = cx.state(self.stream.0);
        state.is_some_and(|state| state.resource.position(self).is_some())
    }

    /// The one below, which hears what this one passes on (`previous_listener_`). If this one was removed, the one that was below it, or
    /// has come there since.
    pub fn below(self, cx: &Ctx) -> Option<Link> {
        self.stream.link_below(cx, self.place)
    }

    /// Removes the listener from the chain; one that runs is dropped when it returns (`RemoveStreamListener`). It is not told: only the end
    /// of the stream is a destruction.
    ///
    /// # Errors
    ///
    /// `EBADF` if it is not there any more.
    pub fn remove(self, cx: &mut Ctx) -> Result<(), Errno> {
        let resource = self.stream.resource(cx).ok_or(Errno::EBADF)?;
        let at = resource.position(self).ok_or(Errno::EBADF)?;
        let node = resource.chain.remove(at);
        emit!(Base, "base.remove_listener" @ self.stream.0, listener = self.number);
        self.stream.chain_has_changed(cx);
        // What it captured may be dropped now, outside the table.
        drop(node);
        Ok(())
    }

    /// Puts another listener in the place of this one, which is dropped; one that runs, when it returns.
    ///
    /// # Errors
    ///
    /// `EBADF` if it is not there any more, `EINVAL` if what lies below the stream is not: then the end is near, and comes to those that are there.
    /// `listener` is dropped.
    pub fn replace(self, cx: &mut Ctx, listener: impl StreamListener) -> Result<Link, Errno> {
        self.stream.resolve(cx)?;
        let resource = self.stream.resource(cx).ok_or(Errno::EBADF)?;
        let at = resource.position(self).ok_or(Errno::EBADF)?;
        let number = resource.next_number();
        let hears = listener.hears_data();
        let pipe = resource.splice_to.filter(|_| hears);
        let replaced = std::mem::replace(
            &mut resource.chain[at],
            Node::new(self.place, number, listener),
        );
        emit!(Base, "base.replace_listener" @ self.stream.0, listener = self.number, by = number);
        self.stream.chain_has_changed(cx);
        drop(replaced);
        if let Some(pipe) = pipe {
            pipe.make_way(cx);
        }
        Ok(Link { number, ..self })
    }
}
