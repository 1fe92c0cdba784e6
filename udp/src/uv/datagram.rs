//! What was received.

use std::cell::Cell;
use std::fmt;
use std::net::SocketAddr;

use bytes::{Buf, Bytes};
use uvox_loop::sys::{Control, RawAddress};

use super::batches::Places;

/// A datagram that was received. Its bytes are lent until the callback returns.
#[derive(Clone, Copy)]
pub struct Datagram<'a> {
    /// What is in it; it may be empty.
    pub bytes: &'a [u8],
    /// It was longer than there was [room](super::Udp::set_datagram_size) for, and the rest of it is lost (`UV_UDP_PARTIAL`).
    pub truncated: bool,
    /// What else the kernel says of it, as far as it was asked to: the address and the interface it came to
    /// ([`receive_packet_info`](super::Udp::receive_packet_info)), its congestion mark ([`receive_ecn`](super::Udp::receive_ecn)), the size of its
    /// segments ([`receive_coalesced`](super::Udp::receive_coalesced)).
    pub control: Control,
    from: &'a RawAddress,
}

impl<'a> Datagram<'a> {
    /// Who sent it; `None` if that has no IP address, because it came through a Unix-domain socket.
    #[inline]
    pub fn sender(&self) -> Option<SocketAddr> {
        self.from.ip()
    }

    /// The same in the kernel's form, as [sending in batches](super::Udp::try_send_batch) wants it.
    #[inline]
    pub fn raw_sender(&self) -> &'a RawAddress {
        self.from
    }

    /// The datagrams that the kernel [put together](super::Udp::receive_coalesced) to this one: one, if it did not, or nobody asked for them so.
    pub fn segments(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let size = self.control.segment_size.map_or(0, usize::from);
        let whole = size == 0 || self.bytes.is_empty();
        let alone = whole.then_some(self.bytes);
        let parts = if whole { &[] } else { self.bytes };
        alone.into_iter().chain(parts.chunks(size.max(1)))
    }
}

impl Datagram<'_> {
    /// How many [segments](Datagram::segments) there are.
    #[inline]
    fn count(&self) -> usize {
        match self.control.segment_size {
            Some(size) if size > 0 => self.bytes.len().div_ceil(size.into()).max(1),
            _ => 1,
        }
    }
}

impl fmt::Debug for Datagram<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Datagram")
            .field("length", &self.bytes.len())
            .field("from", self.from)
            .field("truncated", &self.truncated)
            .field("control", &self.control)
            .finish()
    }
}

/// Datagrams that were received together, in the order in which they came. What is not taken is kept, and comes first the next time.
#[derive(Debug)]
pub struct Batch<'a> {
    source: Source<'a>,
    /// How many were taken. Whoever lends the batch knows it, too, even if its reader panics.
    taken: &'a Cell<usize>,
    /// Which message is the next one, if they are not datagrams as they are.
    message: usize,
    /// What is left of the one before.
    rest: Option<Rest<'a>>,
    /// How many datagrams the turn still has.
    left: usize,
}

impl<'a> Batch<'a> {
    pub(super) fn new(source: Source<'a>, taken: &'a Cell<usize>, left: usize) -> Batch<'a> {
        Batch {
            source,
            taken,
            message: 0,
            rest: None,
            left,
        }
    }

    /// As many as the turn still has: what came as one may be more.
    pub(super) fn of_this_turn(&mut self) -> impl Iterator<Item = Datagram<'a>> {
        let left = self.left;
        self.take(left)
    }

    /// The next one, where messages are not datagrams as they are.
    #[inline(never)]
    fn next_of_messages(&mut self) -> Option<Datagram<'a>> {
        let mut datagram = match self.rest.as_mut().and_then(Rest::take) {
            Some(datagram) => datagram,
            None => self.open()?,
        };
        self.source.form.cut(&mut datagram);
        Some(datagram)
    }

    /// The first of the next message.
    fn open(&mut self) -> Option<Datagram<'a>> {
        let mut message = self.source.messages.get(self.message)?;
        self.message += 1;
        if !self.source.form.apart {
            return Some(message);
        }
        let Some(size) = message.control.segment_size.take() else {
            return Some(message);
        };
        let rest = self.rest.insert(Rest {
            whole: message,
            size: size.into(),
        });
        // An empty one is one, too.
        Some(rest.take().unwrap_or(message))
    }
}

impl<'a> Iterator for Batch<'a> {
    type Item = Datagram<'a>;

    #[inline(always)]
    fn next(&mut self) -> Option<Datagram<'a>> {
        let taken = self.taken.get();
        let datagram = if self.source.plain {
            self.source.messages.get(taken)
        } else {
            self.next_of_messages()
        }?;
        self.taken.set(taken + 1);
        Some(datagram)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.source.len() - self.taken.get();
        (left, Some(left))
    }
}

impl ExactSizeIterator for Batch<'_> {}

/// What is left of datagrams that came as one.
#[derive(Clone, Copy, Debug)]
struct Rest<'a> {
    whole: Datagram<'a>,
    /// How long each of them is, but for the last.
    size: usize,
}

impl<'a> Rest<'a> {
    /// Takes the first off. `None`: nothing is left.
    #[inline]
    fn take(&mut self) -> Option<Datagram<'a>> {
        let left = self.whole.bytes;
        let (own, others) = left.split_at(left.len().min(self.size));
        self.whole.bytes = others;
        (!own.is_empty()).then_some(Datagram {
            bytes: own,
            truncated: self.whole.truncated && others.is_empty(),
            ..self.whole
        })
    }
}

/// Where a batch's messages are. Each is a datagram, or several that the kernel put together.
#[derive(Clone, Copy)]
pub(super) enum Messages<'a> {
    /// Where the kernel put them.
    Received(&'a Places),
    /// Where they were kept.
    Kept(&'a [Kept]),
}

/// The datagrams of a batch.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    messages: Messages<'a>,
    form: Form,
    /// Each message is a datagram as it is.
    plain: bool,
    count: usize,
}

/// What is made of messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    /// Whether those that the kernel put together are taken apart.
    pub(super) apart: bool,
    /// How long a datagram can be, if the kernel was given more room than that.
    pub(super) most: Option<usize>,
}

impl Form {
    /// Shortens one that is too long. Those that come as one have each its own length.
    fn cut(self, datagram: &mut Datagram<'_>) {
        if let Some(most) = self.most
            && datagram.bytes.len() > most
            && datagram.control.segment_size.is_none()
        {
            datagram.bytes = &datagram.bytes[..most];
            datagram.truncated = true;
        }
    }
}

impl<'a> Source<'a> {
    pub(super) fn new(messages: Messages<'a>, mut form: Form) -> Source<'a> {
        // Where there is nothing to take apart, nothing is looked for.
        form.apart &= messages.has_coalesced();
        let count = match form.apart {
            false => messages.len(),
            true => messages.counts().sum(),
        };
        Source {
            messages,
            form,
            plain: !form.apart && form.most.is_none(),
            count,
        }
    }

    /// How many datagrams there are.
    pub(super) fn len(self) -> usize {
        self.count
    }

    /// What is left when so many were taken, to be kept: as it came, for it is taken apart when it is told of.
    pub(super) fn rest(self, mut taken: usize) -> Vec<Kept> {
        let mut rest = Vec::new();
        for (at, count) in self.messages.counts().enumerate() {
            let count = if self.form.apart { count } else { 1 };
            if taken < count {
                rest.extend(self.messages.keep(at, taken));
            }
            taken = taken.saturating_sub(count);
        }
        rest
    }
}

impl<'a> Messages<'a> {
    fn len(self) -> usize {
        match self {
            Messages::Received(places) => places.received(),
            Messages::Kept(kept) => kept.len(),
        }
    }

    #[inline]
    fn get(self, at: usize) -> Option<Datagram<'a>> {
        match self {
            Messages::Received(places) => {
                let (bytes, found) = places.get(at)?;
                Some(Datagram {
                    bytes,
                    truncated: found.received.truncated,
                    control: found.received.control,
                    from: found.from,
                })
            }
            Messages::Kept(kept) => kept.get(at).map(Kept::lend),
        }
    }

    fn has_coalesced(self) -> bool {
        match self {
            Messages::Received(places) => places.has_coalesced(),
            Messages::Kept(kept) => kept.iter().any(|kept| kept.control.segment_size.is_some()),
        }
    }

    /// How many datagrams are in each.
    fn counts(self) -> impl Iterator<Item = usize> {
        (0..self.len()).map(move |at| self.get(at).map_or(0, |message| message.count()))
    }

    /// One of them without its first datagrams.
    fn keep(self, at: usize, without: usize) -> Option<Kept> {
        let mut message = self.get(at)?;
        let size = message.control.segment_size.map_or(0, usize::from);
        let start = message.bytes.len().min(without * size);
        match self {
            Messages::Kept(kept) => {
                let mut kept = kept.get(at)?.clone();
                kept.bytes.advance(start);
                Some(kept)
            }
            Messages::Received(_) => {
                message.bytes = &message.bytes[start..];
                Some(Kept::new(&message))
            }
        }
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.messages {
            Messages::Received(_) => "Received",
            Messages::Kept(_) => "Kept",
        };
        write!(f, "{name}({})", self.len())
    }
}

/// A message that was received and that nobody has heard of yet, or the rest of one.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    bytes: Bytes,
    truncated: bool,
    control: Control,
    from: RawAddress,
}

impl Kept {
    fn new(datagram: &Datagram<'_>) -> Kept {
        Kept {
            bytes: Bytes::copy_from_slice(datagram.bytes),
            truncated: datagram.truncated,
            control: datagram.control,
            from: *datagram.from,
        }
    }

    fn lend(&self) -> Datagram<'_> {
        Datagram {
            bytes: &self.bytes,
            truncated: self.truncated,
            control: self.control,
            from: &self.from,
        }
    }
}
