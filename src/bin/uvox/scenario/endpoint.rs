//! Who takes part in a play, and what can happen to them.

use std::fmt;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Role {
    Server,
    Client,
    Peer,
    Socket,
}

/// The server, its k-th client, or its side of the k-th connection; or the k-th socket for datagrams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Server,
    Client(usize),
    Peer(usize),
    Socket(usize),
}

impl Endpoint {
    pub(crate) fn role(self) -> Role {
        match self {
            Endpoint::Server => Role::Server,
            Endpoint::Client(_) => Role::Client,
            Endpoint::Peer(_) => Role::Peer,
            Endpoint::Socket(_) => Role::Socket,
        }
    }

    pub(crate) fn number(self) -> Option<usize> {
        match self {
            Endpoint::Server => None,
            Endpoint::Client(number) | Endpoint::Peer(number) | Endpoint::Socket(number) => {
                Some(number)
            }
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Endpoint::Server => f.write_str("server"),
            Endpoint::Client(number) => write!(f, "client{number}"),
            Endpoint::Peer(number) => write!(f, "peer{number}"),
            Endpoint::Socket(number) => write!(f, "socket{number}"),
        }
    }
}

impl Role {
    const ALL: [(&str, Role); 4] = [
        ("server", Role::Server),
        ("client", Role::Client),
        ("peer", Role::Peer),
        ("socket", Role::Socket),
    ];

    /// A role by its name, and the number behind it: `peer`, `client0`.
    pub(super) fn parse(name: &str) -> Option<(Role, Option<usize>)> {
        let (word, role) = Role::ALL.into_iter().find(|(word, _)| {
            let number = name.strip_prefix(word);
            number.is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
        })?;
        match (role, &name[word.len()..]) {
            (role, "") => Some((role, None)),
            (Role::Server, _) => None,
            (role, number) => Some((role, Some(number.parse().ok()?))),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Event {
    Start,
    Connection,
    Connect,
    Ready,
    Data,
    End,
    Finish,
    Drain,
    Timeout,
    Error,
    Close,
    Listening,
    Drop,
    Message,
}

impl Event {
    const ALL: [Event; 14] = [
        Event::Start,
        Event::Connection,
        Event::Connect,
        Event::Ready,
        Event::Data,
        Event::End,
        Event::Finish,
        Event::Drain,
        Event::Timeout,
        Event::Error,
        Event::Close,
        Event::Listening,
        Event::Drop,
        Event::Message,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Event::Start => "start",
            Event::Connection => "connection",
            Event::Connect => "connect",
            Event::Ready => "ready",
            Event::Data => "data",
            Event::End => "end",
            Event::Finish => "finish",
            Event::Drain => "drain",
            Event::Timeout => "timeout",
            Event::Error => "error",
            Event::Close => "close",
            Event::Listening => "listening",
            Event::Drop => "drop",
            Event::Message => "message",
        }
    }

    /// An event by its name, if it can come to that role.
    pub(super) fn parse(role: Role, name: &str) -> Option<Event> {
        let event = Event::ALL.into_iter().find(|event| event.name() == name)?;
        let server = matches!(event, Event::Listening | Event::Drop | Event::Close);
        let comes = match (role, event) {
            (Role::Socket, Event::Start | Event::Listening | Event::Message) => true,
            (Role::Socket, Event::Connect | Event::Error | Event::Close) => true,
            (Role::Socket, _) | (_, Event::Message) => false,
            (Role::Server, _) => server,
            (Role::Client, Event::Connection) | (Role::Peer, Event::Start) => false,
            _ => !server || event == Event::Close,
        };
        comes.then_some(event)
    }
}
