//! What an event says.

use std::borrow::Cow;
use std::fmt;
use std::net::SocketAddr;
use std::time::Duration;

use crate::phase::Phase;
use crate::{Errno, Key};

/// The layer an event comes from, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// A system call.
    Sys,
    /// The event loop.
    Loop,
    /// libuv's handles and requests: `uv_stream_t` and its kin.
    Uv,
    /// Node's StreamBase and its listeners.
    Base,
    /// Node's `net` and `dgram`.
    Net,
}

impl Layer {
    /// All of them, lowest first.
    pub const ALL: [Layer; 5] = [Layer::Sys, Layer::Loop, Layer::Uv, Layer::Base, Layer::Net];

    /// The layer's short name: `"sys"`, `"loop"`, `"uv"`, `"base"`, `"net"`.
    pub const fn name(self) -> &'static str {
        match self {
            Layer::Sys => "sys",
            Layer::Loop => "loop",
            Layer::Uv => "uv",
            Layer::Base => "base",
            Layer::Net => "net",
        }
    }

    /// The target of the layer's lines in the `log` crate: `"uvox::sys"` and so on.
    pub const fn target(self) -> &'static str {
        match self {
            Layer::Sys => "uvox::sys",
            Layer::Loop => "uvox::loop",
            Layer::Uv => "uvox::uv",
            Layer::Base => "uvox::base",
            Layer::Net => "uvox::net",
        }
    }
}

/// The value of an event's argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A whole number that may be negative.
    Int(i64),
    /// A count, a size, a time in nanoseconds.
    Uint(u64),
    /// Yes or no.
    Bool(bool),
    /// A name, an address, a path.
    Text(Cow<'static, str>),
}

/// How what an event reports ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It has no result.
    None,
    /// It went well; the number is a count, a descriptor, or 0.
    Done(u64),
    /// It failed.
    Failed(Errno),
}

/// Something that happened.
///
/// [`emit!`](crate::emit) makes it; the trace stamps it with everything down to `cause`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number on this thread, counting up from 0.
    pub seq: u64,
    /// When, in nanoseconds of the monotonic clock (`uv_hrtime`).
    pub time_ns: u64,
    /// The loop that ran last on this thread ([`Ctx::id`](crate::Ctx::id)); 0 before any did.
    pub loop_id: u32,
    /// That loop's turn, counting up from 1.
    pub turn: u64,
    /// That loop's phase.
    pub phase: Phase,
    /// The number of the event that this one came from.
    pub cause: Option<u64>,
    /// Where it happened.
    pub layer: Layer,
    /// The handle it is about.
    pub object: Option<Key>,
    /// What happened: a system call's name, or a verb.
    pub name: &'static str,
    /// With what.
    pub args: Vec<(&'static str, Value)>,
    /// And how it ended.
    pub result: Outcome,
    /// The size of the queue it worked on, before and after.
    pub queue: Option<(u64, u64)>,
}

impl Event {
    /// An event with nothing but its layer and name.
    pub fn new(layer: Layer, name: &'static str) -> Event {
        Event {
            seq: 0,
            time_ns: 0,
            loop_id: 0,
            turn: 0,
            phase: Phase::Outside,
            cause: None,
            layer,
            object: None,
            name,
            args: Vec::new(),
            result: Outcome::None,
            queue: None,
        }
    }

    /// Says which handle it is about.
    pub fn object(mut self, key: impl Into<Key>) -> Event {
        self.object = Some(key.into());
        self
    }

    /// Adds an argument.
    pub fn arg(mut self, name: &'static str, value: impl Into<Value>) -> Event {
        self.args.push((name, value.into()));
        self
    }

    /// Says how it ended.
    pub fn result(mut self, result: impl Into<Outcome>) -> Event {
        self.result = result.into();
        self
    }

    /// Says how large the queue was before and is now.
    pub fn queue(mut self, before: u64, after: u64) -> Event {
        self.queue = Some((before, after));
        self
    }
}

impl fmt::Display for Event {
    /// One line: `read slot=3 fd=7 = 64 [0 → 64]`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if let Some(key) = self.object {
            write!(f, " {key}")?;
        }
        for (name, value) in &self.args {
            write!(f, " {name}={value}")?;
        }
        match self.result {
            Outcome::None => {}
            Outcome::Done(count) => write!(f, " = {count}")?,
            Outcome::Failed(errno) => write!(f, " = {}", errno.name())?,
        }
        if let Some((before, after)) = self.queue {
            write!(f, " [{before} → {after}]")?;
        }
        Ok(())
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Int(number) => number.fmt(f),
            Value::Uint(number) => number.fmt(f),
            Value::Bool(yes) => yes.fmt(f),
            Value::Text(text) => f.write_str(text),
        }
    }
}

/// Conversions into [`Value`], one line each.
macro_rules! values {
    ($($from:ty => $variant:ident as $to:ty;)*) => {
        $(impl From<$from> for Value {
            fn from(value: $from) -> Value {
                Value::$variant(value as $to)
            }
        })*
    };
}

values! {
    i32 => Int as i64;
    i64 => Int as i64;
    u8 => Uint as u64;
    u16 => Uint as u64;
    u32 => Uint as u64;
    u64 => Uint as u64;
    usize => Uint as u64;
    bool => Bool as bool;
}

impl From<Duration> for Value {
    /// In nanoseconds.
    fn from(duration: Duration) -> Value {
        Value::Uint(u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX))
    }
}

impl From<SocketAddr> for Value {
    fn from(address: SocketAddr) -> Value {
        Value::Text(Cow::Owned(address.to_string()))
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    /// Nothing is `-`.
    fn from(value: Option<T>) -> Value {
        value.map_or(Value::Text(Cow::Borrowed("-")), T::into)
    }
}

impl From<&'static str> for Value {
    fn from(text: &'static str) -> Value {
        Value::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(Cow::Owned(text))
    }
}

impl From<Result<usize, Errno>> for Outcome {
    fn from(result: Result<usize, Errno>) -> Outcome {
        match result {
            Ok(count) => Outcome::Done(count as u64),
            Err(errno) => Outcome::Failed(errno),
        }
    }
}

impl From<Result<(), Errno>> for Outcome {
    fn from(result: Result<(), Errno>) -> Outcome {
        Outcome::from(result.map(|()| 0usize))
    }
}
