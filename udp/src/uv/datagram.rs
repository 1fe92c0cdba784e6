//! What was received.

use std::cell::Cell;
use std::fmt;
use std::net::SocketAddr;

use bytes::Bytes;
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

    /// The datagrams that the kernel [put together](super::Udp::receive_coalesced) to this one: one, if it did not.
    pub fn segments(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let size = self.control.segment_size.map_or(0, usize::from);
        let whole = size == 0 || self.bytes.is_empty();
        let alone = whole.then_some(self.bytes);
        let parts = if whole { &[] } else { self.bytes };
        alone.into_iter().chain(parts.chunks(size.max(1)))
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
    /// Which one is taken next. Whoever lends the batch knows it, too, even if its reader panics.
    next: &'a Cell<usize>,
}

impl<'a> Batch<'a> {
    pub(super) fn new(source: Source<'a>, next: &'a Cell<usize>) -> Batch<'a> {
        Batch { source, next }
    }
}

impl<'a> Iterator for Batch<'a> {
    type Item = Datagram<'a>;

    #[inline]
    fn next(&mut self) -> Option<Datagram<'a>> {
        let at = self.next.get();
        let datagram = self.source.get(at)?;
        self.next.set(at + 1);
        Some(datagram)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.source.len() - self.next.get();
        (left, Some(left))
    }
}

impl ExactSizeIterator for Batch<'_> {}

/// Where a batch's datagrams are.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// Where the kernel put them.
    Received(&'a Places),
    /// Where they were kept.
    Kept(&'a [Kept]),
}

impl<'a> Source<'a> {
    pub(super) fn len(self) -> usize {
        match self {
            Source::Received(places) => places.received(),
            Source::Kept(kept) => kept.len(),
        }
    }

    #[inline]
    pub(super) fn get(self, at: usize) -> Option<Datagram<'a>> {
        match self {
            Source::Received(places) => {
                let (bytes, found) = places.get(at)?;
                Some(Datagram {
                    bytes,
                    truncated: found.received.truncated,
                    control: found.received.control,
                    from: found.from,
                })
            }
            Source::Kept(kept) => kept.get(at).map(Kept::lend),
        }
    }

    /// What was not taken, to be kept.
    pub(super) fn rest(self, from: usize) -> Vec<Kept> {
        (from..self.len())
            .filter_map(|at| match self {
                Source::Kept(kept) => kept.get(at).cloned(),
                Source::Received(_) => self.get(at).map(|datagram| Kept::new(&datagram)),
            })
            .collect()
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Source::Received(_) => "Received",
            Source::Kept(_) => "Kept",
        };
        write!(f, "{name}({})", self.len())
    }
}

/// A datagram that was received and that nobody has heard of yet.
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
