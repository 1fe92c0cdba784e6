//! What every scenario is run in: a program of ours, and the same one in JavaScript, say the same.

use std::fmt::Display;

use uvox::Error;
use uvox::env::{self, Env};
use uvox::event_loop::{Ctx, Loop};
#[cfg(target_os = "linux")]
use uvox::net::Wrap;
use uvox::net::{self, ConnectOptions, ListenOptions, Server, ServerOptions, Socket};
use uvox_testing::Seen;
pub(crate) use uvox_testing::scenario;

use crate::node::ask;

/// What a program says, line by line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Log(Seen<String>);

impl Log {
    pub(crate) fn say(&self, what: impl Display) {
        self.0.add(what.to_string());
    }

    pub(crate) fn error(&self, what: &str, error: &Error) {
        self.say(format!("{what} {}", text(error)));
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.0.all()
    }

    /// Says what a server tells.
    pub(crate) fn watch(&self, cx: &mut Ctx, server: Server) {
        let log = self.clone();
        server.on_listening(cx, move |_, _| log.say("listening"));
        let log = self.clone();
        server.on_connection(cx, move |_, _, _| log.say("connection"));
        let log = self.clone();
        server.on_drop(cx, move |_, _, _| log.say("drop"));
        let log = self.clone();
        server.on_error(cx, move |_, _, error| log.error("error", error));
        let log = self.clone();
        server.on_close(cx, move |_, _| log.say("close"));
    }
}

/// All of an error, as the prelude below has it.
pub(crate) fn text(error: &Error) -> String {
    let or_none = |text: Option<String>| text.unwrap_or("-".to_owned());
    format!(
        "{}|{error}|{}|{}|{}",
        error.code(),
        error.syscall().unwrap_or("-"),
        or_none(error.address().map(str::to_owned)),
        or_none(error.port().map(|port| port.to_string())),
    )
}

const PRELUDE: &str = r#"
const net = require('net');
const say = (what) => console.log(String(what));
const text = (e) => [e.code, e.message, e.syscall ?? '-', e.address ?? '-', e.port > 0 ? e.port : '-'].join('|');
const attempt = (what, f) => { try { f(); say(`${what} ok`); } catch (e) { say(`${what} ${text(e)}`); } };
const watch = (server) => {
  for (const event of ['listening', 'connection', 'drop', 'close']) server.on(event, () => say(event));
  server.on('error', (e) => say(`error ${text(e)}`));
  return server;
};
"#;

/// What was said by a program that ran to its end, which must leave no handle behind.
pub(crate) fn program(main: impl FnOnce(&mut Ctx, Log)) -> Vec<String> {
    let log = Log::default();
    let mut env = Env::new().unwrap();
    env::enter(&mut env, |cx| main(cx, log.clone()));
    env.run().unwrap();
    Loop::close(env.into_loop()).unwrap();
    log.all()
}

/// A scenario whose program says `lines`, and so does Node's program.
pub(crate) fn as_node(lines: &[&str], code: &str, main: impl FnOnce(&mut Ctx, Log)) {
    scenario(|| {
        assert_eq!(program(main), lines, "ours");
        says_node(code, lines);
    });
}

/// Node's program says `lines`.
pub(crate) fn says_node(code: &str, lines: &[&str]) {
    if let Some(said) = ask(&format!("{PRELUDE}{code}")) {
        assert_eq!(said, lines, "Node's");
    }
}

/// A server without options.
pub(crate) fn server(cx: &mut Ctx) -> Server {
    Server::new(cx, ServerOptions::new())
}

/// A port of the kernel's choice at 127.0.0.1.
pub(crate) fn loopback() -> ListenOptions {
    ListenOptions::port(0).host("127.0.0.1")
}

/// A client of a server that listens. Whatever it is told, it takes it.
pub(crate) fn client(cx: &mut Ctx, server: Server) -> Socket {
    let port = server.port(cx).unwrap();
    let socket = net::connect(cx, ConnectOptions::port(port).host("127.0.0.1")).unwrap();
    socket.on_error(cx, |_, _, _| ());
    socket.resume(cx);
    socket
}

/// Goes on in another turn, when all that is closed now has gone in a closing phase. No time would be long enough for that on every machine.
pub(crate) fn turns_later(cx: &mut Ctx, f: impl FnOnce(&mut Ctx) + 'static) {
    env::set_immediate(cx, |cx| {
        env::set_immediate(cx, |cx| {
            env::set_immediate(cx, f);
        });
    });
}

/// An option of a socket, as the kernel has it.
#[cfg(target_os = "linux")]
pub(crate) fn kernel_option(cx: &Ctx, wrap: Option<Wrap>, level: i32, name: i32) -> i32 {
    let Some(Wrap::Tcp(tcp)) = wrap else {
        panic!("it is not TCP");
    };
    let fd = cx.descriptor(tcp.tcp(cx).unwrap()).unwrap();
    uvox::event_loop::sys::get_option(fd, level, name).unwrap()
}
