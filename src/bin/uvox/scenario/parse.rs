//! Reading scenarios. What is wrong is said in one line that names the place.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use super::datagrams;
use super::{Action, Actions, ClientOptions, Event, Role, Scenario, ServerOptions};

/// The longest write, in bytes: each is made in memory.
const LONGEST_WRITE: u64 = 1 << 30;
/// The longest time, in milliseconds: Node takes longer ones for one millisecond.
const LONGEST_MS: u64 = (1 << 31) - 1;
/// How many clients there can be, and their highest number.
const MOST_CLIENTS: u64 = 100_000;

/// Reads a scenario.
///
/// # Errors
///
/// What is not JSON, or not a scenario, with the place: `script["client.connect"][0]: …`.
pub(crate) fn parse(text: &str) -> Result<Scenario> {
    let value: Value = serde_json::from_str(text).context("this is not JSON")?;
    let fields = object(&value).context("a scenario is a JSON object")?;
    let mut scenario = Scenario::default();
    for (name, value) in fields {
        match name.as_str() {
            "server" => scenario.server = server(value)?,
            "clients" => scenario.clients = clients(value)?,
            "path" => scenario.path = boolean(value).context("path")?,
            "limit" => scenario.limit_ms = Some(milliseconds(value).context("limit")?),
            "udp" => scenario.sockets = datagrams::sockets(value)?,
            "script" => {}
            "about" => drop(value.as_str().context("about: this is not text")?),
            _ => bail!("{name}: there is no such field in a scenario"),
        }
    }
    if !scenario.sockets.is_empty() {
        for name in ["server", "clients", "path"] {
            if fields.contains_key(name) {
                bail!("{name}: where there is udp, there is no server");
            }
        }
    }
    // What can be done depends on who is there.
    if let Some(value) = fields.get("script") {
        script(value, &mut scenario)?;
    }
    Ok(scenario)
}

fn server(value: &Value) -> Result<ServerOptions> {
    let mut options = ServerOptions::default();
    for (name, value) in object(value).context("server")? {
        let at = || format!("server.{name}");
        match name.as_str() {
            "allowHalfOpen" => options.allow_half_open = boolean(value).with_context(at)?,
            "pauseOnConnect" => options.pause_on_connect = boolean(value).with_context(at)?,
            "noData" => options.no_data = boolean(value).with_context(at)?,
            "maxConnections" => {
                let most = number(value, u64::from(u32::MAX)).with_context(at)?;
                options.max_connections = Some(u32::try_from(most)?);
            }
            _ => bail!("server.{name}: there is no such option of the server"),
        }
    }
    Ok(options)
}

fn clients(value: &Value) -> Result<Vec<ClientOptions>> {
    let list = list(value).context("clients")?;
    if list.len() as u64 > MOST_CLIENTS {
        bail!("clients: these are more than {MOST_CLIENTS}");
    }
    let one = |(number, value)| client(value, &format!("clients[{number}]"));
    list.iter().enumerate().map(one).collect()
}

fn client(value: &Value, place: &str) -> Result<ClientOptions> {
    let mut options = ClientOptions::default();
    for (name, value) in object(value).with_context(|| place.to_owned())? {
        let at = || format!("{place}.{name}");
        match name.as_str() {
            "allowHalfOpen" => options.allow_half_open = boolean(value).with_context(at)?,
            "noData" => options.no_data = boolean(value).with_context(at)?,
            "manual" => options.manual = boolean(value).with_context(at)?,
            "to" if value.as_str() == Some("nobody") => options.to_nobody = true,
            "to" => bail!("{place}.to: this can only be \"nobody\""),
            _ => bail!("{place}.{name}: there is no such option of a client"),
        }
    }
    Ok(options)
}

fn script(value: &Value, scenario: &mut Scenario) -> Result<()> {
    for (name, value) in object(value).context("script")? {
        let place = format!("script[{name:?}]");
        let entry = name.split_once('.').and_then(|(who, event)| {
            let (role, number) = Role::parse(who)?;
            let datagrams = role == Role::Socket;
            let is_there = match scenario.sockets.len() {
                0 => !datagrams,
                sockets => datagrams && number.is_none_or(|number| number < sockets),
            };
            Some((role, number, Event::parse(role, event)?)).filter(|_| is_there)
        });
        let Some(entry) = entry else {
            bail!("{place}: there is no such endpoint, or no such event of it");
        };
        let cast = Cast {
            role: entry.0,
            sockets: scenario.sockets.len(),
        };
        let actions = actions(value, cast, &place)?;
        scenario.script.insert(entry, actions);
    }
    Ok(())
}

/// Who does it, and how many sockets for datagrams there are.
#[derive(Clone, Copy)]
pub(super) struct Cast {
    role: Role,
    pub(super) sockets: usize,
}

pub(super) fn actions(value: &Value, cast: Cast, place: &str) -> Result<Actions> {
    let list = list(value).with_context(|| place.to_owned())?;
    let one = |(at, value)| action(value, cast, &format!("{place}[{at}]"));
    list.iter().enumerate().map(one).collect()
}

fn action(value: &Value, cast: Cast, place: &str) -> Result<Action> {
    let list = list(value).with_context(|| place.to_owned())?;
    let Some(name) = list.first().and_then(Value::as_str) else {
        bail!("{place}: an action begins with its name");
    };
    let arguments = &list[1..];
    let at = || format!("{place}: {name}");
    let argument = |highest| {
        let value = arguments.first().context("a number is missing");
        number(value?, highest)
    };
    let then = |at: usize| match arguments.get(at) {
        Some(then) => actions(then, cast, &format!("{place}[{}]", at + 1)),
        None => Ok(Actions::from([])),
    };
    if cast.role == Role::Socket && !matches!(name, "after" | "tick" | "immediate") {
        let action = datagrams::action(name, arguments, cast, place)?;
        return Ok(Action::Datagram(action));
    }
    let (action, most) = match name {
        "write" => (Action::Write(bytes(arguments.first()).with_context(at)?), 1),
        "end" if arguments.is_empty() => (Action::End(0), 0),
        "end" => (Action::End(bytes(arguments.first()).with_context(at)?), 1),
        "end-cb" => (Action::EndThen, 0),
        "destroy" => (Action::Destroy, 0),
        "destroy-err" => (Action::DestroyWithError, 0),
        "destroy-soon" => (Action::DestroySoon, 0),
        "reset" => (Action::Reset, 0),
        "pause" => (Action::Pause, 0),
        "resume" => (Action::Resume, 0),
        "cork" => (Action::Cork, 0),
        "uncork" => (Action::Uncork, 0),
        "echo" => (Action::Echo, 0),
        "timeout" => (
            Action::Timeout(small(argument(LONGEST_MS).with_context(at)?)),
            1,
        ),
        "connect" => {
            let number = argument(MOST_CLIENTS).with_context(at)?;
            (Action::Connect(usize::try_from(number)?), 1)
        }
        "close-server" => (Action::CloseServer, 0),
        "connections" => (Action::Connections, 0),
        "after" => {
            let time = small(argument(LONGEST_MS).with_context(at)?);
            (Action::After(time, then(1)?), 2)
        }
        "tick" => (Action::Tick(then(0)?), 1),
        "immediate" => (Action::Immediate(then(0)?), 1),
        "state" => (Action::State, 0),
        _ => bail!("{place}: there is no action {name:?}"),
    };
    if arguments.len() > most {
        bail!("{place}: {name} takes no more than {most} arguments");
    }
    if cast.role == Role::Server && is_a_sockets(&action) {
        bail!("{place}: {name} is for sockets, and the server is none");
    }
    Ok(action)
}

/// Whether only a socket can do it.
fn is_a_sockets(action: &Action) -> bool {
    !matches!(
        action,
        Action::Connect(_)
            | Action::CloseServer
            | Action::Connections
            | Action::After(..)
            | Action::Tick(_)
            | Action::Immediate(_)
    )
}

pub(super) fn object(value: &Value) -> Result<&Map<String, Value>> {
    value.as_object().context("this is not an object")
}

pub(super) fn list(value: &Value) -> Result<&Vec<Value>> {
    value.as_array().context("this is not a list")
}

pub(super) fn boolean(value: &Value) -> Result<bool> {
    value.as_bool().context("this is neither true nor false")
}

pub(super) fn number(value: &Value, highest: u64) -> Result<u64> {
    let number = value.as_u64().filter(|number| *number <= highest);
    number.with_context(|| format!("this is not a whole number from 0 to {highest}"))
}

fn milliseconds(value: &Value) -> Result<u32> {
    number(value, LONGEST_MS).map(small)
}

pub(super) fn bytes(value: Option<&Value>) -> Result<usize> {
    let number = number(value.context("how many bytes?")?, LONGEST_WRITE)?;
    Ok(usize::try_from(number)?)
}

/// A number that was checked to be no higher than [`LONGEST_MS`].
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Endpoint;

    fn complaint(text: &str) -> String {
        format!("{:#}", parse(text).unwrap_err())
    }

    #[test]
    fn an_endpoints_own_entry_wins() {
        let scenario = parse(
            r#"{"script": {"client.end": [["end"]], "client1.end": [["destroy"], ["after", 5]]}}"#,
        );
        let scenario = scenario.unwrap();
        let of = |number| scenario.script(Endpoint::Client(number), Event::End);
        assert_eq!(*of(0).unwrap(), [Action::End(0)]);
        let own = [Action::Destroy, Action::After(5, Actions::from([]))];
        assert_eq!(*of(1).unwrap(), own);
        assert_eq!(scenario.script(Endpoint::Peer(1), Event::End), None);
        assert_eq!(scenario.script(Endpoint::Client(0), Event::Close), None);
    }

    #[test]
    fn nothing_is_needed() {
        let scenario = parse("{}").unwrap();
        assert_eq!(scenario.limit_ms(), 3000);
        assert!(scenario.clients.is_empty());
        assert_eq!(parse(r#"{"limit": 0}"#).unwrap().limit_ms(), 3000);
        assert_eq!(parse(r#"{"limit": 70}"#).unwrap().limit_ms(), 70);
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("[]", "a scenario is a JSON object: this is not an object"),
            (
                r#"{"serve": {}}"#,
                "serve: there is no such field in a scenario",
            ),
            (r#"{"path": 1}"#, "path: this is neither true nor false"),
            (
                r#"{"limit": -1}"#,
                "limit: this is not a whole number from 0 to 2147483647",
            ),
            (r#"{"clients": {}}"#, "clients: this is not a list"),
            (
                r#"{"clients": [{}, {"to": 5}]}"#,
                "clients[1].to: this can only be \"nobody\"",
            ),
            (
                r#"{"server": {"allowHalfopen": true}}"#,
                "server.allowHalfopen: there is no such option of the server",
            ),
            (
                r#"{"script": {"peer.start": []}}"#,
                "script[\"peer.start\"]: there is no such endpoint, or no such event of it",
            ),
            (
                r#"{"script": {"client.end": [["tick", [["wait"]]]]}}"#,
                "script[\"client.end\"][0][1][0]: there is no action \"wait\"",
            ),
            (
                r#"{"script": {"client.end": [["write"]]}}"#,
                "script[\"client.end\"][0]: write: how many bytes?",
            ),
            (
                r#"{"script": {"client.end": [["destroy", 1]]}}"#,
                "script[\"client.end\"][0]: destroy takes no more than 0 arguments",
            ),
            (
                r#"{"script": {"server.close": [["write", 1]]}}"#,
                "script[\"server.close\"][0]: write is for sockets, and the server is none",
            ),
        ];
        for (text, said) in cases {
            assert_eq!(complaint(text), said, "{text}");
        }
        assert!(complaint("{").starts_with("this is not JSON: EOF"));
    }
}
