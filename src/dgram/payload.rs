//! What is sent, and where to.

use bytes::Bytes;

use super::errors;
use crate::Error;

/// What is in a datagram that is sent: bytes, text, or a list of pieces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payload(pub(super) Vec<Bytes>);

impl Payload {
    /// A part of something: `length` bytes from `offset` on (the `offset` and `length` of `socket.send`).
    ///
    /// # Errors
    ///
    /// `ERR_BUFFER_OUT_OF_BOUNDS` if it is not that long.
    pub fn part(bytes: impl Into<Bytes>, offset: usize, length: usize) -> Result<Payload, Error> {
        let bytes = bytes.into();
        if offset > bytes.len() {
            return Err(errors::out_of_bounds("offset"));
        }
        match offset.checked_add(length) {
            Some(end) if end <= bytes.len() => Ok(Payload(vec![bytes.slice(offset..end)])),
            _ => Err(errors::out_of_bounds("length")),
        }
    }

    /// A list of pieces, one after the other in one datagram.
    pub fn list(pieces: impl IntoIterator<Item = impl Into<Bytes>>) -> Payload {
        Payload(pieces.into_iter().map(Into::into).collect())
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.0.iter().map(Bytes::len).sum()
    }

    /// Whether it has none; it can be sent all the same.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $from:ty => $to:expr;)*) => {
        $($(#[$doc])* impl From<$from> for Payload {
            fn from(bytes: $from) -> Payload {
                #[allow(clippy::redundant_closure_call)]
                Payload(vec![$to(bytes)])
            }
        })*
    };
}

payloads! {
    Bytes => |bytes| bytes;
    Vec<u8> => Bytes::from;
    String => Bytes::from;
    /// Copies them.
    &[u8] => Bytes::copy_from_slice;
    /// Copies it.
    &str => |text: &str| Bytes::copy_from_slice(text.as_bytes());
    /// Clones them, which copies nothing.
    &Bytes => Bytes::clone;
}

/// Copies them.
impl<const N: usize> From<&[u8; N]> for Payload {
    fn from(bytes: &[u8; N]) -> Payload {
        Payload::from(&bytes[..])
    }
}

impl From<Vec<Bytes>> for Payload {
    fn from(pieces: Vec<Bytes>) -> Payload {
        Payload(pieces)
    }
}

/// Where a datagram goes: a port of a host, of this machine if none is named; or, on a [connected](super::Socket::connect) socket, nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    pub(super) port: Option<i64>,
    pub(super) address: Option<String>,
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
            address: None,
        }
    }

    /// Of that host: an address, or a name, which is looked up.
    pub fn address(mut self, name: impl Into<String>) -> Target {
        self.address = Some(name.into()).filter(|name| !name.is_empty());
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

impl From<std::net::SocketAddr> for Target {
    fn from(address: std::net::SocketAddr) -> Target {
        let name = uvox_loop::sys::ip_name(address);
        Target::port(address.port()).address(name)
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
