//! What is sent, and where to.

use std::io::IoSlice;
use std::net::{Ipv4Addr, SocketAddr};

use bytes::Bytes;
use uvox_loop::sys;

use super::errors;
use crate::Error;
use crate::dns::LookupAddress;

/// What is in a datagram that is sent: bytes, text, or a list of pieces. What is only lent is copied if it has to wait, and not before.
#[derive(Clone, Debug, Default)]
pub struct Payload<'a>(Pieces<'a>);

#[derive(Clone, Debug)]
enum Pieces<'a> {
    Lent(&'a [u8]),
    Own(Vec<u8>),
    Shared(Bytes),
    Many(Vec<Bytes>),
}

impl Default for Pieces<'_> {
    fn default() -> Self {
        Pieces::Many(Vec::new())
    }
}

impl Payload<'_> {
    /// A part of something: `length` bytes from `offset` on (the `offset` and `length` of `socket.send`).
    ///
    /// # Errors
    ///
    /// `ERR_BUFFER_OUT_OF_BOUNDS` if it is not that long.
    pub fn part(
        bytes: impl Into<Bytes>,
        offset: usize,
        length: usize,
    ) -> Result<Payload<'static>, Error> {
        let bytes = bytes.into();
        if offset > bytes.len() {
            return Err(errors::out_of_bounds("offset"));
        }
        match offset.checked_add(length) {
            Some(end) if end <= bytes.len() => Ok(Payload::from(bytes.slice(offset..end))),
            _ => Err(errors::out_of_bounds("length")),
        }
    }

    /// A list of pieces, one after the other in one datagram.
    pub fn list(pieces: impl IntoIterator<Item = impl Into<Bytes>>) -> Payload<'static> {
        let pieces: Vec<Bytes> = pieces.into_iter().map(Into::into).collect();
        Payload::from(pieces)
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        match &self.0 {
            Pieces::Lent(bytes) => bytes.len(),
            Pieces::Own(bytes) => bytes.len(),
            Pieces::Shared(bytes) => bytes.len(),
            Pieces::Many(pieces) => pieces.iter().map(Bytes::len).sum(),
        }
    }

    /// Whether it has none; it can be sent all the same.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// With nothing in it that is lent: that is copied, into memory that `room` provides.
    #[inline]
    pub(super) fn keep(self, room: impl FnOnce() -> Vec<u8>) -> Payload<'static> {
        Payload(match self.0 {
            Pieces::Lent(bytes) => {
                let mut copy = room();
                copy.extend_from_slice(bytes);
                Pieces::Own(copy)
            }
            Pieces::Own(bytes) => Pieces::Own(bytes),
            Pieces::Shared(bytes) => Pieces::Shared(bytes),
            Pieces::Many(pieces) => Pieces::Many(pieces),
        })
    }

    /// Its memory, if it has any to itself.
    #[inline]
    pub(super) fn into_room(self) -> Option<Vec<u8>> {
        match self.0 {
            Pieces::Own(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The bytes, if they are in one piece. One without any is an empty datagram.
    #[inline]
    pub(super) fn one(&self) -> Option<&[u8]> {
        match &self.0 {
            Pieces::Lent(bytes) => Some(bytes),
            Pieces::Own(bytes) => Some(bytes),
            Pieces::Shared(bytes) => Some(bytes),
            Pieces::Many(pieces) if pieces.is_empty() => Some(&[]),
            Pieces::Many(_) => None,
        }
    }

    /// The pieces as the kernel wants them: one at least.
    pub(super) fn slices(&self) -> Vec<IoSlice<'_>> {
        match &self.0 {
            Pieces::Many(pieces) if !pieces.is_empty() => {
                pieces.iter().map(|piece| IoSlice::new(piece)).collect()
            }
            _ => vec![IoSlice::new(self.one().unwrap_or_default())],
        }
    }
}

/// If they have the same pieces.
impl PartialEq for Payload<'_> {
    fn eq(&self, other: &Payload<'_>) -> bool {
        let (slices, others) = (self.slices(), other.slices());
        let bytes = slices.iter().map(|slice| &slice[..]);
        bytes.eq(others.iter().map(|slice| &slice[..]))
    }
}

impl Eq for Payload<'_> {}

macro_rules! payloads {
    ($($from:ty => $to:expr;)*) => {
        $(impl From<$from> for Payload<'_> {
            fn from(bytes: $from) -> Self {
                Payload($to(bytes.into()))
            }
        })*
    };
}

payloads! {
    Bytes => Pieces::Shared;
    Vec<u8> => Pieces::Own;
    String => Pieces::Own;
    Vec<Bytes> => Pieces::Many;
}

/// Clones them, which copies nothing.
impl From<&Bytes> for Payload<'_> {
    fn from(bytes: &Bytes) -> Self {
        Payload(Pieces::Shared(bytes.clone()))
    }
}

impl<'a> From<&'a [u8]> for Payload<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Payload(Pieces::Lent(bytes))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Payload<'a> {
    fn from(bytes: &'a [u8; N]) -> Self {
        Payload::from(&bytes[..])
    }
}

impl<'a> From<&'a str> for Payload<'a> {
    fn from(text: &'a str) -> Self {
        Payload::from(text.as_bytes())
    }
}

/// Where a datagram goes: a port of a host, of this machine if none is named; or, on a [connected](super::Socket::connect) socket, nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    pub(super) port: Option<i64>,
    pub(super) host: Option<Host>,
}

/// Whose port it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Host {
    /// An address; of IPv4 also one that was given as text, for there is but one way to write it.
    Address(LookupAddress),
    /// A name, or an address as somebody writes it.
    Name(String),
}

impl Host {
    /// The address that it is, if nobody need be asked for that: a zone is a matter of what interfaces there are.
    pub(super) fn address(&self) -> Option<LookupAddress> {
        match self {
            Host::Address(address) => Some(*address),
            Host::Name(name) if name.contains('%') => None,
            Host::Name(name) => LookupAddress::parse(name),
        }
    }

    /// The text that it was said as, if it was one.
    pub(super) fn into_name(self) -> Option<String> {
        match self {
            Host::Address(_) => None,
            Host::Name(name) => Some(name),
        }
    }

    /// As it was said.
    pub(super) fn text(&self) -> String {
        match self {
            Host::Address(address) => sys::ip_name(address.with_port(0)),
            Host::Name(name) => name.clone(),
        }
    }
}

impl Target {
    /// To whom the socket is connected.
    pub fn connected() -> Target {
        Target::default()
    }

    /// That port, of this machine.
    pub fn port(port: impl Into<i64>) -> Target {
        Target {
            port: Some(port.into()),
            host: None,
        }
    }

    /// Of that host: an address, or a name, which is looked up.
    pub fn address(mut self, name: impl AsRef<str> + Into<String>) -> Target {
        self.host = match name.as_ref().parse::<Ipv4Addr>() {
            Ok(ip) => Some(Host::Address(SocketAddr::from((ip, 0)).into())),
            Err(_) if name.as_ref().is_empty() => None,
            Err(_) => Some(Host::Name(name.into())),
        };
        self
    }
}

impl From<u16> for Target {
    fn from(port: u16) -> Target {
        Target::port(port)
    }
}

impl From<(u16, &str)> for Target {
    fn from((port, address): (u16, &str)) -> Target {
        Target::port(port).address(address)
    }
}

impl From<SocketAddr> for Target {
    fn from(address: SocketAddr) -> Target {
        Target {
            port: Some(address.port().into()),
            host: Some(Host::Address(address.into())),
        }
    }
}

/// `validatePort`, of a port that must not be 0.
pub(super) fn check_port(port: Option<i64>) -> Result<u16, Error> {
    let port = port.ok_or_else(errors::no_port)?;
    match u16::try_from(port) {
        Ok(0) | Err(_) => Err(errors::bad_port(port)),
        Ok(port) => Ok(port),
    }
}
