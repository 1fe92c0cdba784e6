//! Plays a script here. Its words:
//!
//! - `new NAME TYPE [option..]` makes a socket that tells of all its events; a `deaf` one does not listen to 'error'.
//! - `NAME.METHOD [argument..] [{ .. }]` calls a method, with a callback if there is a block. `-` is no argument, `@NAME` the port of that socket.
//! - `once NAME EVENT { .. }`, `tick { .. }`, `immediate { .. }`: does it then.
//! - `log WORD..` says so.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use uvox::Error;
use uvox::dgram::{self, BindOptions, Payload, Socket, SocketOptions, Target};
use uvox::dns::{Answer, Family, LookupAddress, LookupOptions, Resolver};
use uvox::env::{self, Env, next_tick, set_immediate};
use uvox::event_loop::{Ctx, Errno, Loop};
use uvox::udp::node::AddressInfo;

use super::script::Step;

/// What a script has, and what happened.
#[derive(Clone, Default)]
struct Stage(Rc<RefCell<Things>>);

#[derive(Default)]
struct Things {
    lines: Vec<String>,
    sockets: HashMap<String, Socket>,
    ports: HashMap<u16, String>,
}

/// Plays it, and says what happened.
pub(super) fn play(body: &[Step]) -> Vec<String> {
    let stage = Stage::default();
    let mut env = Env::new().unwrap();
    let of_hook = stage.clone();
    env::on_uncaught(&mut env, move |_, error| {
        of_hook.log(format!("uncaught {}", of_hook.words(&error)));
    });
    let (main, body) = (stage.clone(), body.to_vec());
    set_immediate(&mut env, move |cx| main.play(cx, &body));
    env.run().unwrap();
    if let Err(left) = Loop::close(env.into_loop()) {
        stage.log(left.to_string());
    }
    stage.0.take().lines
}

impl Stage {
    fn log(&self, line: impl Into<String>) {
        self.0.borrow_mut().lines.push(line.into());
    }

    fn socket(&self, name: &str) -> Socket {
        self.0.borrow().sockets[name]
    }

    /// Ports are told by whose they are.
    fn known(&self, text: String) -> String {
        let ports = &self.0.borrow().ports;
        let replace = |text: String, (port, name): (&u16, &String)| {
            text.replace(&port.to_string(), &format!("@{name}"))
        };
        ports.iter().fold(text, replace)
    }

    fn words(&self, error: &Error) -> String {
        self.known(format!("{} {error}", error.code()))
    }

    fn place(&self, address: &str, family: &str, port: u16) -> String {
        let port = match (port, self.0.borrow().ports.get(&port)) {
            (0, _) => "0".to_owned(),
            (_, Some(name)) => format!("@{name}"),
            _ => "?".to_owned(),
        };
        format!("{address} {family} {port}")
    }

    fn info(&self, info: &AddressInfo) -> String {
        self.place(&info.address, info.family.as_str(), info.port)
    }

    fn play(&self, cx: &mut Ctx, steps: &[Step]) {
        for step in steps {
            let words: Vec<&str> = step.words.iter().map(String::as_str).collect();
            let block = step.block.clone().unwrap_or_default();
            let stage = self.clone();
            match &words[..] {
                ["new", name, kind, options @ ..] => self.make(cx, name, kind, options),
                ["log", words @ ..] => self.log(words.join(" ")),
                ["tick"] => next_tick(cx, move |cx| {
                    stage.log("tick");
                    stage.play(cx, &block);
                }),
                ["immediate"] => drop(set_immediate(cx, move |cx| {
                    stage.log("immediate");
                    stage.play(cx, &block);
                })),
                ["once", name, event] => self.once(cx, name, event, block),
                [verb, arguments @ ..] => {
                    let (name, method) = verb.split_once('.').unwrap();
                    let called = self.call(cx, name, method, arguments, step.block.clone());
                    match called {
                        Ok(value) if value.is_empty() => {}
                        Ok(value) => self.log(format!("{verb} = {value}")),
                        Err(error) => self.log(format!("{verb} ! {}", self.words(&error))),
                    }
                }
                [] => {}
            }
        }
    }

    fn make(&self, cx: &mut Ctx, name: &str, kind: &str, options: &[&str]) {
        let mut given = match kind {
            "udp4" => SocketOptions::udp4(),
            _ => SocketOptions::udp6(),
        };
        let mut is_deaf = false;
        for option in options {
            let (key, value) = option.split_once('=').unwrap_or((option, ""));
            given = match key {
                "deaf" => {
                    is_deaf = true;
                    given
                }
                "reuse" => given.reuse_addr(true),
                "v6only" => given.ipv6_only(true),
                "recv" => given.recv_buffer_size(value.parse().unwrap()),
                "send" => given.send_buffer_size(value.parse().unwrap()),
                "lookup" if value == "slow" => given.lookup(Slow(self.clone())),
                "lookup" => given.lookup(Nobody),
                _ => panic!("what is {key}?"),
            };
        }
        let socket = dgram::create_socket(cx, given);
        let name = name.to_owned();
        self.0.borrow_mut().sockets.insert(name.clone(), socket);
        self.tell(cx, socket, name, is_deaf);
    }

    /// Tells of all its events.
    fn tell(&self, cx: &mut Ctx, socket: Socket, name: String, is_deaf: bool) {
        let (stage, own) = (self.clone(), name.clone());
        socket.on_listening(cx, move |cx, socket| {
            let port = socket.address(cx).unwrap().port;
            stage.0.borrow_mut().ports.insert(port, own.clone());
            stage.log(format!("{own} listening"));
        });
        let (stage, own) = (self.clone(), name.clone());
        socket.on_connect(cx, move |_, _| stage.log(format!("{own} connect")));
        let (stage, own) = (self.clone(), name.clone());
        socket.on_message(cx, move |_, _, bytes, rinfo| {
            let text = match bytes.len() {
                21.. => "..".to_owned(),
                _ => format!("\"{}\"", String::from_utf8_lossy(bytes)),
            };
            let from = stage.place(&rinfo.address(), rinfo.family().as_str(), rinfo.port());
            stage.log(format!("{own} message {text} {} from {from}", rinfo.size()));
        });
        if !is_deaf {
            let (stage, own) = (self.clone(), name.clone());
            socket.on_error(cx, move |_, _, error| {
                stage.log(format!("{own} error {}", stage.words(error)));
            });
        }
        let stage = self.clone();
        socket.on_close(cx, move |_, _| stage.log(format!("{name} close")));
    }

    fn once(&self, cx: &mut Ctx, name: &str, event: &str, block: Vec<Step>) {
        let socket = self.socket(name);
        let (stage, about) = (self.clone(), format!("once {name} {event}"));
        let then = move |cx: &mut Ctx| {
            stage.log(about);
            stage.play(cx, &block);
        };
        match event {
            "listening" => socket.once_listening(cx, |cx, _| then(cx)),
            "connect" => socket.once_connect(cx, |cx, _| then(cx)),
            "message" => socket.once_message(cx, |cx, _, _, _| then(cx)),
            "error" => socket.once_error(cx, |cx, _, _| then(cx)),
            _ => socket.once_close(cx, |cx, _| then(cx)),
        };
    }

    fn target(&self, cx: &mut Ctx, arguments: &[&str]) -> Target {
        let (port, address) = match arguments {
            [] | ["-"] => return Target::connected(),
            [port] => (*port, None),
            [port, address, ..] => (*port, Some(*address).filter(|word| *word != "-")),
        };
        let port = match port.strip_prefix('@') {
            Some(name) => self.socket(name).address(cx).unwrap().port.into(),
            None => port.parse::<i64>().unwrap(),
        };
        match address {
            Some(address) => Target::port(port).address(address),
            None => Target::port(port),
        }
    }

    fn call(
        &self,
        cx: &mut Ctx,
        name: &str,
        method: &str,
        arguments: &[&str],
        block: Option<Vec<Step>>,
    ) -> Result<String, Error> {
        let socket = self.socket(name);
        let (stage, about) = (self.clone(), format!("{name}.{method}"));
        let after = block.map(|block| {
            move |cx: &mut Ctx, result: Result<String, Error>| {
                let told = result.unwrap_or_else(|error| stage.words(&error));
                stage.log(format!("{about} -> {told}"));
                stage.play(cx, &block);
            }
        });
        let done = || Ok("done".to_owned());
        match method {
            "bind" => {
                let options = self.bind_options(cx, arguments);
                match after {
                    Some(after) => socket.bind_then(cx, options, move |cx, _| after(cx, done())),
                    None => socket.bind(cx, options),
                }?;
            }
            "send" => {
                let payload = payload(arguments[0])?;
                let to = self.target(cx, &arguments[1..]);
                match after {
                    Some(after) => socket.send_then(cx, payload, to, move |cx, sent| {
                        after(cx, sent.map(|bytes| bytes.to_string()));
                    }),
                    None => socket.send(cx, payload, to),
                }?;
            }
            "connect" => {
                let to = self.target(cx, arguments);
                match after {
                    Some(after) => socket.connect_then(cx, to, move |cx, result| {
                        after(cx, result.and_then(|()| done()));
                    }),
                    None => socket.connect(cx, to),
                }?;
            }
            "close" => match after {
                Some(after) => socket.close_then(cx, move |cx, _| after(cx, done())),
                None => socket.close(cx),
            }?,
            _ => return self.option(cx, socket, method, arguments),
        }
        Ok(String::new())
    }

    fn bind_options(&self, cx: &mut Ctx, arguments: &[&str]) -> BindOptions {
        let port = match arguments.first().copied().unwrap_or("-") {
            "-" => 0,
            port => match port.strip_prefix('@') {
                Some(name) => self.socket(name).address(cx).unwrap().port.into(),
                None => port.parse::<i64>().unwrap(),
            },
        };
        match arguments.get(1) {
            Some(address) => BindOptions::port(port).address(*address),
            None => BindOptions::port(port),
        }
    }

    /// Methods without callbacks.
    fn option(
        &self,
        cx: &mut Ctx,
        socket: Socket,
        method: &str,
        arguments: &[&str],
    ) -> Result<String, Error> {
        let is_on = arguments.first() == Some(&"on");
        let word = |at: usize| arguments.get(at).copied().filter(|word| *word != "-");
        let first = word(0).unwrap_or("");
        let number = || first.parse::<i64>().unwrap();
        let is_done = match method {
            "disconnect" => socket.disconnect(cx),
            "set_broadcast" => socket.set_broadcast(cx, is_on),
            "set_ttl" => socket.set_ttl(cx, number() as i32),
            "set_multicast_ttl" => socket.set_multicast_ttl(cx, number() as i32),
            "set_multicast_loopback" => socket.set_multicast_loopback(cx, is_on),
            "set_multicast_interface" => socket.set_multicast_interface(cx, first),
            "join" => socket.add_membership(cx, first, word(1)),
            "leave" => socket.drop_membership(cx, first, word(1)),
            "join_source" => {
                socket.add_source_specific_membership(cx, first, arguments[1], word(2))
            }
            "leave_source" => {
                socket.drop_source_specific_membership(cx, first, arguments[1], word(2))
            }
            "set_recv_buffer" => socket.set_recv_buffer_size(cx, number() as u32),
            "set_send_buffer" => socket.set_send_buffer_size(cx, number() as u32),
            "ref" => {
                socket.ref_(cx);
                Ok(())
            }
            "unref" => {
                socket.unref(cx);
                Ok(())
            }
            _ => return self.value(cx, socket, method),
        };
        is_done.map(|()| String::new())
    }

    fn value(&self, cx: &mut Ctx, socket: Socket, method: &str) -> Result<String, Error> {
        Ok(match method {
            "address" => self.info(&socket.address(cx)?),
            "remote_address" => self.info(&socket.remote_address(cx)?),
            "recv_buffer" => socket.recv_buffer_size(cx)?.to_string(),
            "send_buffer" => socket.send_buffer_size(cx)?.to_string(),
            "queue" => {
                let (size, count) = (
                    socket.get_send_queue_size(cx),
                    socket.get_send_queue_count(cx),
                );
                format!("{size} {count}")
            }
            _ => panic!("what is {method}?"),
        })
    }
}

fn payload(word: &str) -> Result<Payload<'_>, Error> {
    let parts: Vec<&str> = word.split(':').collect();
    Ok(match parts[..] {
        ["size", size] => Payload::from(vec![b'x'; size.parse().unwrap()]),
        ["list", pieces] => Payload::list(pieces.split(',').map(str::to_owned)),
        ["part", text, offset, length] => {
            let [offset, length] = [offset, length].map(|number| number.parse().unwrap());
            Payload::part(text.to_owned(), offset, length)?
        }
        ["none"] => Payload::default(),
        ["empty"] => Payload::from(""),
        _ => Payload::from(word),
    })
}

/// Knows addresses, and nobody by name.
struct Nobody;

impl Resolver for Nobody {
    fn lookup(&self, cx: &mut Ctx, name: &str, _: &LookupOptions, answer: Answer) {
        let unknown = Error::system(Errno::EAI_NONAME, "getaddrinfo").at(name, None);
        if let Ok(ip) = name.parse() {
            return next_tick(cx, move |cx| {
                answer(cx, Ok(vec![LookupAddress { ip, zone: 0 }]))
            });
        }
        next_tick(cx, move |cx| {
            answer(cx, Err(unknown.with_code("ENOTFOUND")))
        });
    }
}

/// Says who is asked for, and takes an immediate and a tick.
struct Slow(Stage);

impl Resolver for Slow {
    fn lookup(&self, cx: &mut Ctx, name: &str, options: &LookupOptions, answer: Answer) {
        let (number, ip) = match options.family {
            Family::V6 => (6, "::1"),
            _ => (4, "127.0.0.1"),
        };
        self.0.log(format!("lookup {name} {number}"));
        let ip = ip.parse().unwrap();
        set_immediate(cx, move |cx| {
            next_tick(cx, move |cx| {
                answer(cx, Ok(vec![LookupAddress { ip, zone: 0 }]))
            });
        });
    }
}
