//! What the scenarios of sockets are run in: a program in Rust and the same in JavaScript, which must say the same.

use std::net::{SocketAddr, TcpListener, TcpStream};

use uvox::Error;
use uvox::dns::{Answer, LookupAddress, LookupOptions, Resolver};
use uvox::env::{self, Env};
use uvox::event_loop::{Ctx, Loop};
use uvox::net::{self, Attempt, ListenOptions, Server, ServerOptions, Socket};
pub(crate) use uvox_testing::{Seen, scenario};

use crate::node::ask_before_the_loop;

/// What a program says, line by line. What differs from run to run, ports above all, has a label, which is said in its place.
#[derive(Clone, Default)]
pub(crate) struct Log {
    lines: Seen<String>,
    labels: Seen<(String, String)>,
}

impl Log {
    pub(crate) fn label(&self, text: impl ToString, label: &str) {
        self.labels.add((text.to_string(), label.to_owned()));
    }

    pub(crate) fn say(&self, line: impl Into<String>) {
        let mut line = line.into();
        for (text, label) in self.labels.all() {
            line = line.replace(&text, &label);
        }
        self.lines.add(without_local_port(line));
    }

    /// What was fixed under a name.
    pub(crate) fn value(&self, name: &str) -> String {
        let labels = self.labels.all();
        let found = labels.iter().find(|(_, label)| label == name);
        found.unwrap().0.clone()
    }

    pub(crate) fn number(&self, name: &str) -> u16 {
        self.value(name).parse().unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.lines.all()
    }
}

/// Whatever port a socket had that was given it by the kernel.
fn without_local_port(line: String) -> String {
    let Some((before, rest)) = line.split_once("Local (") else {
        return line;
    };
    let (local, behind) = rest.split_once(')').unwrap();
    let (address, port) = local.rsplit_once(':').unwrap();
    match port.parse::<u16>() {
        Ok(port) if port > 0 => format!("{before}Local ({address}:*){behind}"),
        _ => line,
    }
}

/// The same in JavaScript.
const PRELUDE: &str = r"
const net = require('net');
const labels = [];
const label = (text, label) => labels.push([String(text), label]);
function say(...words) {
  let line = words.filter((word) => word !== undefined).join(' ');
  for (const [text, label] of labels) line = line.split(text).join(label);
  console.log(line.replace(/Local \((.*):[1-9]\d*\)/, 'Local ($1:*)'));
}
function text(error) {
  const message = error.errors ? error.errors.map((one) => one.message).join('; ') : error.message;
  return `${error.code}: ${message}`;
}
const outcome = (name) => (error) => say(name, error ? text(error) : 'ok');
function watch(name, socket) {
  socket.on('lookup', (error, ip, family, host) => say(name, 'lookup', error ? text(error) : `${ip} ${family}`, host));
  socket.on('connectionAttempt', (ip, port, family) => say(name, 'attempt', ip, port, family));
  socket.on('connectionAttemptFailed', (ip, port, family, error) => say(name, 'attemptFailed', ip, port, family, text(error)));
  socket.on('connectionAttemptTimeout', (ip, port, family) => say(name, 'attemptTimeout', ip, port, family));
  for (const event of ['connect', 'ready', 'end', 'drain', 'finish', 'timeout']) socket.on(event, () => say(name, event));
  socket.on('error', (error) => say(name, 'error', text(error)));
  socket.on('close', (hadError) => say(name, 'close', Boolean(hadError)));
  return socket;
}
function read(name, socket) {
  return socket.on('data', (data) => say(name, 'data', data));
}
function serve(count, options, onConnection, then) {
  const server = net.createServer(options, (socket) => {
    if (--count === 0) server.close();
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    label(port, 'PORT');
    then(server, port);
  });
}
const answers = (...found) => (host, options, callback) => {
  const all = found.map((address) => ({ address, family: net.isIP(address) }));
  process.nextTick(() => options.all ? callback(null, all) : callback(null, all[0].address, all[0].family));
};
";

/// Runs a program, which must leave nothing behind and say those lines; and Node with the same program, which must say the same. `fixed` is what both are
/// given, by its name in the JavaScript.
#[track_caller]
pub(crate) fn as_node_does_with(
    fixed: &[(&str, String)],
    node: &str,
    main: impl FnOnce(&mut Ctx, &Log),
    lines: &[&str],
) {
    let said = program(fixed, main);
    let constants: String = fixed
        .iter()
        .map(|(name, value)| format!("const {name} = {value};\nlabel({name}, '{name}');\n"))
        .collect();
    if let Some(nodes) = ask_before_the_loop(&format!("{PRELUDE}{constants}{node}")) {
        assert_eq!(nodes, lines, "what Node says");
    }
    assert_eq!(said, lines, "what we say");
}

#[track_caller]
pub(crate) fn as_node_does(node: &str, main: impl FnOnce(&mut Ctx, &Log), lines: &[&str]) {
    as_node_does_with(&[], node, main, lines);
}

/// Runs a program to its end, which must leave no handle and no descriptor behind.
pub(crate) fn program(fixed: &[(&str, String)], main: impl FnOnce(&mut Ctx, &Log)) -> Vec<String> {
    let log = Log::default();
    for (name, value) in fixed {
        log.label(value.trim_matches('"'), name);
    }
    let mut env = Env::new().unwrap();
    env::enter(&mut env, |cx| main(cx, &log));
    env.run().unwrap();
    Loop::close(env.into_loop()).unwrap();
    log.lines()
}

pub(crate) fn text(error: &Error) -> String {
    format!("{}: {error}", error.code())
}

/// Says how a callback was called.
pub(crate) fn outcome(
    log: &Log,
    name: &'static str,
) -> impl FnOnce(&mut Ctx, Result<(), Error>) + use<> {
    let log = log.clone();
    move |_, result| match result {
        Ok(()) => log.say(format!("{name} ok")),
        Err(error) => log.say(format!("{name} {}", text(&error))),
    }
}

fn numbers(port: Option<u16>, family: Option<u8>) -> String {
    let port = port.map(|port| format!(" {port}")).unwrap_or_default();
    let family = family
        .map(|family| format!(" {family}"))
        .unwrap_or_default();
    port + &family
}

fn of_attempt(attempt: &Attempt) -> String {
    match attempt {
        Attempt::Begins {
            address,
            port,
            family,
        } => format!("attempt {address}{}", numbers(*port, *family)),
        Attempt::Failed {
            address,
            port,
            family,
            error,
        } => format!(
            "attemptFailed {address}{} {}",
            numbers(*port, *family),
            text(error)
        ),
        Attempt::TimedOut {
            address,
            port,
            family,
        } => format!("attemptTimeout {address} {port} {family}"),
    }
}

/// Says all that a socket tells, but its data.
pub(crate) fn watch(cx: &mut Ctx, log: &Log, name: &'static str, socket: Socket) -> Socket {
    let own = log.clone();
    socket.on_lookup(cx, move |_, _, looked| {
        let found = match &looked.found {
            Ok(found) => format!("{found} {}", found.family()),
            Err(error) => text(error),
        };
        own.say(format!("{name} lookup {found} {}", looked.host));
    });
    let own = log.clone();
    socket.on_connection_attempt(cx, move |_, _, attempt| {
        own.say(format!("{name} {}", of_attempt(attempt)));
    });
    let note = |event: &'static str| {
        let log = log.clone();
        move |_: &mut Ctx, _: Socket| log.say(format!("{name} {event}"))
    };
    socket.on_connect(cx, note("connect"));
    socket.on_ready(cx, note("ready"));
    socket.on_end(cx, note("end"));
    socket.on_drain(cx, note("drain"));
    socket.on_finish(cx, note("finish"));
    socket.on_timeout(cx, note("timeout"));
    let own = log.clone();
    socket.on_error(cx, move |_, _, error| {
        own.say(format!("{name} error {}", text(error)));
    });
    let own = log.clone();
    socket.on_close(cx, move |_, _, had_error| {
        own.say(format!("{name} close {had_error}"));
    });
    socket
}

/// Says what a socket reads.
pub(crate) fn read(cx: &mut Ctx, log: &Log, name: &'static str, socket: Socket) -> Socket {
    let log = log.clone();
    socket.on_data(cx, move |_, _, chunk| {
        let text = String::from_utf8_lossy(chunk.as_bytes()).into_owned();
        log.say(format!("{name} data {text}"));
    });
    socket
}

/// Makes a server on 127.0.0.1, and goes on when it listens. It closes itself when so many connections have come; with 0 it does not.
pub(crate) fn serve(
    cx: &mut Ctx,
    log: &Log,
    mut count: usize,
    options: ServerOptions,
    mut on_connection: impl FnMut(&mut Ctx, Socket) + 'static,
    then: impl FnOnce(&mut Ctx, Server, u16) + 'static,
) {
    let log = log.clone();
    let server = net::create_server(cx, options, move |cx, server, socket| {
        count = count.wrapping_sub(1);
        if count == 0 {
            server.close(cx);
        }
        on_connection(cx, socket);
    });
    server.once_listening(cx, move |cx, server| {
        let port = server.address(cx).unwrap().port().unwrap();
        log.label(port, "PORT");
        then(cx, server, port);
    });
    server
        .listen(cx, ListenOptions::port(0).host("127.0.0.1"))
        .unwrap();
}

/// Finds those addresses, whatever it is asked for.
pub(crate) struct Answers(pub(crate) &'static [&'static str]);

impl Resolver for Answers {
    fn lookup(&self, cx: &mut Ctx, _: &str, _: &LookupOptions, answer: Answer) {
        let found = self.0.iter().map(|ip| LookupAddress {
            ip: ip.parse().unwrap(),
            zone: 0,
        });
        let found = found.collect();
        env::next_tick(cx, move |cx| answer(cx, Ok(found)));
    }
}

/// Never answers.
pub(crate) struct Silent;

impl Resolver for Silent {
    fn lookup(&self, _: &mut Ctx, _: &str, _: &LookupOptions, _: Answer) {}
}

/// A port at which nobody listens, on any address.
pub(crate) fn refused_port() -> u16 {
    let listener = TcpListener::bind("0.0.0.0:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// An address that does not answer: a listener whose queue is full.
pub(crate) struct Hanging {
    _listener: socket2::Socket,
    /// Those that fill the queue.
    _queue: Vec<TcpStream>,
    pub(crate) port: u16,
}

impl Hanging {
    pub(crate) fn at(ip: &str, port: u16) -> Hanging {
        let listener =
            socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        let address = SocketAddr::new(ip.parse().unwrap(), port);
        listener.bind(&address.into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap().as_socket().unwrap();
        // One is in the queue, and the kernel takes no other.
        let queue = vec![TcpStream::connect(address).unwrap()];
        Hanging {
            _listener: listener,
            _queue: queue,
            port: address.port(),
        }
    }
}
