//! The part of a scenario that is about datagrams: its sockets, and what only they can do.

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::Actions;
use super::parse::{Cast, actions, boolean, bytes, list, number, object};

/// How many sockets there can be.
const MOST_SOCKETS: usize = 1000;

/// How a socket is made.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct SocketOptions {
    /// `udp6` instead of `udp4`.
    pub(crate) ipv6: bool,
    pub(crate) reuse_addr: bool,
    pub(crate) ipv6_only: bool,
    /// It is bound by an action only.
    pub(crate) manual: bool,
}

/// What only a socket for datagrams can do. Where `then` stands, it is given a callback if that is true.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum DatagramAction {
    Bind {
        address: Option<String>,
        port: Port,
        then: bool,
    },
    Send {
        pieces: Pieces,
        to: To,
        then: bool,
    },
    Connect {
        to: To,
        then: bool,
    },
    Disconnect,
    Close {
        then: bool,
    },
    SetTtl(i32),
    SetMulticastTtl(i32),
    SetBroadcast(bool),
    SetMulticastLoopback(bool),
    SetMulticastInterface(String),
    AddMembership(String, Option<String>),
    DropMembership(String, Option<String>),
    Ref,
    Unref,
    State,
    /// That socket does them.
    As(usize, Actions),
}

/// A port to be bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    Number(i64),
    /// The one that a socket has.
    Of(usize),
}

/// What is in a datagram.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pieces {
    One(usize),
    List(Vec<usize>),
}

/// Where a datagram goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    Connected,
    Socket(usize),
    Nobody,
    Port(i64, Option<String>),
}

pub(super) fn sockets(value: &Value) -> Result<Vec<SocketOptions>> {
    let list = list(value).context("udp")?;
    if list.is_empty() || list.len() > MOST_SOCKETS {
        bail!("udp: these are not 1 to {MOST_SOCKETS} sockets");
    }
    let one = |(number, value)| socket(value, &format!("udp[{number}]"));
    list.iter().enumerate().map(one).collect()
}

fn socket(value: &Value, place: &str) -> Result<SocketOptions> {
    let mut options = SocketOptions::default();
    for (name, value) in object(value).with_context(|| place.to_owned())? {
        let at = || format!("{place}.{name}");
        match name.as_str() {
            "type" => match value.as_str() {
                Some("udp4") => options.ipv6 = false,
                Some("udp6") => options.ipv6 = true,
                _ => bail!("{place}.type: this can only be \"udp4\" or \"udp6\""),
            },
            "reuseAddr" => options.reuse_addr = boolean(value).with_context(at)?,
            "ipv6Only" => options.ipv6_only = boolean(value).with_context(at)?,
            "manual" => options.manual = boolean(value).with_context(at)?,
            _ => bail!("{place}.{name}: there is no such option of a socket"),
        }
    }
    Ok(options)
}

/// Reads an action.
pub(super) fn action(
    name: &str,
    arguments: &[Value],
    cast: Cast,
    place: &str,
) -> Result<DatagramAction> {
    use DatagramAction as Do;
    let (bare, then) = match name.strip_suffix("-cb") {
        Some(bare @ ("bind" | "send" | "connect" | "close")) => (bare, true),
        _ => (name, false),
    };
    let most = match bare {
        "disconnect" | "close" | "ref" | "unref" | "state" => 0,
        "connect" | "set-ttl" | "set-multicast-ttl" | "set-broadcast" => 1,
        "set-multicast-loopback" | "set-multicast-interface" => 1,
        "bind" | "send" | "add-membership" | "drop-membership" | "as" => 2,
        _ => bail!("{place}: there is no action {name:?} of a socket for datagrams"),
    };
    if arguments.len() > most {
        bail!("{place}: {name} takes no more than {most} arguments");
    }
    let at = || format!("{place}: {name}");
    let first = || arguments.first().context("something is missing");
    let second = arguments.get(1);
    let read = || -> Result<DatagramAction> {
        Ok(match bare {
            "bind" => Do::Bind {
                address: arguments.first().map(text).transpose()?,
                port: port(second, cast)?,
                then,
            },
            "send" => Do::Send {
                pieces: pieces(first()?)?,
                to: to(second, cast)?,
                then,
            },
            "connect" => Do::Connect {
                to: to(Some(first()?), cast)?,
                then,
            },
            "disconnect" => Do::Disconnect,
            "close" => Do::Close { then },
            "set-ttl" => Do::SetTtl(ttl(first()?)?),
            "set-multicast-ttl" => Do::SetMulticastTtl(ttl(first()?)?),
            "set-broadcast" => Do::SetBroadcast(boolean(first()?)?),
            "set-multicast-loopback" => Do::SetMulticastLoopback(boolean(first()?)?),
            "set-multicast-interface" => Do::SetMulticastInterface(text(first()?)?),
            "add-membership" => Do::AddMembership(text(first()?)?, second.map(text).transpose()?),
            "drop-membership" => Do::DropMembership(text(first()?)?, second.map(text).transpose()?),
            "ref" => Do::Ref,
            "unref" => Do::Unref,
            "as" => {
                let then = second.context("something is missing")?;
                Do::As(
                    member(first()?, cast)?,
                    actions(then, cast, &format!("{place}[2]"))?,
                )
            }
            _ => Do::State,
        })
    };
    read().with_context(at)
}

fn text(value: &Value) -> Result<String> {
    Ok(value.as_str().context("this is not text")?.to_owned())
}

fn ttl(value: &Value) -> Result<i32> {
    let number = value.as_i64().and_then(|number| i32::try_from(number).ok());
    number.context("this is no whole number")
}

/// The number of a socket that is there.
fn member(value: &Value, cast: Cast) -> Result<usize> {
    let number = number(value, cast.sockets as u64 - 1)?;
    Ok(usize::try_from(number)?)
}

/// Of a socket by its name, or as a number, which need not be a sound one.
fn port(value: Option<&Value>, cast: Cast) -> Result<Port> {
    let Some(value) = value else {
        return Ok(Port::Number(0));
    };
    if let Some(number) = value.as_i64() {
        return Ok(Port::Number(number));
    }
    let named = value.as_str().and_then(|name| name.strip_prefix("socket"));
    let number = named.and_then(|number| number.parse().ok());
    let number = number.filter(|number| *number < cast.sockets);
    number
        .map(Port::Of)
        .context("this is neither a number nor the name of a socket")
}

fn pieces(value: &Value) -> Result<Pieces> {
    match value {
        Value::Array(pieces) => {
            let lengths = pieces.iter().map(|length| bytes(Some(length)));
            Ok(Pieces::List(lengths.collect::<Result<_>>()?))
        }
        length => Ok(Pieces::One(bytes(Some(length))?)),
    }
}

fn to(value: Option<&Value>, cast: Cast) -> Result<To> {
    match value {
        None => Ok(To::Connected),
        Some(Value::String(name)) if name == "nobody" => Ok(To::Nobody),
        Some(Value::Array(parts)) if (1..=2).contains(&parts.len()) => {
            let port = parts[0].as_i64().context("this port is no whole number")?;
            Ok(To::Port(port, parts.get(1).map(text).transpose()?))
        }
        Some(value @ Value::Number(_)) => Ok(To::Socket(member(value, cast)?)),
        Some(_) => bail!("this is neither a socket's number, nor \"nobody\", nor [port, address]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Action, Endpoint, Event, parse};

    #[test]
    fn what_is_sent_and_where_to() {
        let text = r#"{"udp": [{}, {"type": "udp6"}], "script": {"socket.start": [
            ["send", 5, 1], ["send-cb", [1, 2], "nobody"], ["send", 0], ["send", 1, [-1, "::1"]],
            ["bind", "127.0.0.1", "socket0"]]}}"#;
        let scenario = parse(text).unwrap();
        assert!(scenario.sockets[1].ipv6 && !scenario.sockets[0].ipv6);
        let actions = scenario.script(Endpoint::Socket(1), Event::Start).unwrap();
        let send = |pieces, to, then| Action::Datagram(DatagramAction::Send { pieces, to, then });
        let bind = DatagramAction::Bind {
            address: Some("127.0.0.1".into()),
            port: Port::Of(0),
            then: false,
        };
        let expected = [
            send(Pieces::One(5), To::Socket(1), false),
            send(Pieces::List(vec![1, 2]), To::Nobody, true),
            send(Pieces::One(0), To::Connected, false),
            send(Pieces::One(1), To::Port(-1, Some("::1".into())), false),
            Action::Datagram(bind),
        ];
        assert_eq!(*actions, expected);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            (r#"{"udp": []}"#, "udp: these are not 1 to 1000 sockets"),
            (
                r#"{"udp": [{"type": "udp5"}]}"#,
                "udp[0].type: this can only be \"udp4\" or \"udp6\"",
            ),
            (
                r#"{"udp": [{}], "clients": []}"#,
                "clients: where there is udp, there is no server",
            ),
            (
                r#"{"udp": [{}], "script": {"socket1.start": []}}"#,
                "script[\"socket1.start\"]: there is no such endpoint, or no such event of it",
            ),
            (
                r#"{"udp": [{}], "script": {"socket.data": []}}"#,
                "script[\"socket.data\"]: there is no such endpoint, or no such event of it",
            ),
            (
                r#"{"script": {"socket.start": []}}"#,
                "script[\"socket.start\"]: there is no such endpoint, or no such event of it",
            ),
            (
                r#"{"udp": [{}], "script": {"socket.start": [["send", 1, 1]]}}"#,
                "script[\"socket.start\"][0]: send: this is not a whole number from 0 to 0",
            ),
            (
                r#"{"udp": [{}], "script": {"socket.start": [["write", 1]]}}"#,
                "script[\"socket.start\"][0]: there is no action \"write\" of a socket for datagrams",
            ),
            (
                r#"{"udp": [{}], "script": {"socket.start": [["tick", [["bind", 1]]]]}}"#,
                "script[\"socket.start\"][0][1][0]: bind: this is not text",
            ),
        ];
        for (text, said) in cases {
            let complaint = format!("{:#}", parse(text).unwrap_err());
            assert_eq!(complaint, said, "{text}");
        }
    }
}
