//! What a script can do with sockets for datagrams.

use std::rc::Rc;

use uvox::Error;
use uvox::dgram::{BindOptions, Payload, Socket, Target};
use uvox::event_loop::Ctx;

use super::act::letters;
use super::datagrams::loopback;
use super::{Play, code, outcome};
use crate::scenario::{DatagramAction, Endpoint, Pieces, Port, To};

impl Play {
    /// Does it; what Node throws is written down.
    pub(super) fn act_on_datagrams(
        self: &Rc<Play>,
        cx: &mut Ctx,
        own: Endpoint,
        socket: Socket,
        action: &DatagramAction,
    ) {
        if let Err(error) = self.try_on_datagrams(cx, own, socket, action) {
            self.note(own, format!("throw {}", code(&error)));
        }
    }

    fn try_on_datagrams(
        self: &Rc<Play>,
        cx: &mut Ctx,
        own: Endpoint,
        socket: Socket,
        action: &DatagramAction,
    ) -> Result<(), Error> {
        let play = self.clone();
        match action {
            DatagramAction::Bind {
                address,
                port,
                then,
            } => {
                let address = address.as_deref().unwrap_or(loopback(self.is_ipv6(own)));
                let port = self.port(cx, *port)?;
                let to = BindOptions::port(port).address(address);
                match then {
                    true => socket.bind_then(cx, to, move |_, _| play.note(own, "bind-cb")),
                    false => socket.bind(cx, to),
                }
            }
            DatagramAction::Send { pieces, to, then } => {
                let (payload, to) = (payload(pieces), self.target(cx, own, to)?);
                let told = move |_: &mut Ctx, result: Result<usize, Error>| {
                    let line = match result {
                        Ok(bytes) => format!("send-cb ok {bytes}"),
                        Err(error) => format!("send-cb {}", code(&error)),
                    };
                    play.note(own, line);
                };
                match then {
                    true => socket.send_then(cx, payload, to, told),
                    false => socket.send(cx, payload, to),
                }
            }
            DatagramAction::Connect { to, then } => {
                let to = self.target(cx, own, to)?;
                let told = move |_: &mut Ctx, result| {
                    play.note(own, format!("connect-cb {}", outcome(&result)));
                };
                match then {
                    true => socket.connect_then(cx, to, told),
                    false => socket.connect(cx, to),
                }
            }
            DatagramAction::Disconnect => socket.disconnect(cx),
            DatagramAction::Close { then: true } => {
                socket.close_then(cx, move |_, _| play.note(own, "close-cb"))
            }
            DatagramAction::Close { then: false } => socket.close(cx),
            DatagramAction::State => {
                let line = self.state_of_datagrams(cx, socket);
                self.note(own, line);
                Ok(())
            }
            DatagramAction::As(number, then) => {
                let (other, _) = self.sockets.borrow()[*number];
                self.run(cx, self.datagrams(*number, other), then);
                Ok(())
            }
            setting => set(cx, socket, setting),
        }
    }

    fn is_ipv6(&self, endpoint: Endpoint) -> bool {
        let options = endpoint.number().and_then(|n| self.scenario.sockets.get(n));
        options.is_some_and(|options| options.ipv6)
    }

    fn port(&self, cx: &mut Ctx, port: Port) -> Result<i64, Error> {
        match port {
            Port::Number(number) => Ok(number),
            Port::Of(number) => {
                let (socket, _) = self.sockets.borrow()[number];
                Ok(socket.address(cx)?.port.into())
            }
        }
    }

    fn target(&self, cx: &mut Ctx, own: Endpoint, to: &To) -> Result<Target, Error> {
        let home = loopback(self.is_ipv6(own));
        Ok(match to {
            To::Connected => Target::connected(),
            To::Nobody => Target::port(self.nobodys_port.get()).address(home),
            To::Port(port, None) => Target::port(*port),
            To::Port(port, Some(address)) => Target::port(*port).address(address),
            To::Socket(number) => {
                let (socket, _) = self.sockets.borrow()[*number];
                let found = socket.address(cx)?;
                // What is bound to all addresses can be reached at this one.
                let address = match found.address.as_str() {
                    "0.0.0.0" | "::" => home,
                    address => address,
                };
                Target::port(found.port).address(address)
            }
        })
    }

    fn state_of_datagrams(&self, cx: &mut Ctx, socket: Socket) -> String {
        let address = match socket.address(cx) {
            Ok(found) => found.address,
            Err(error) if error.code() == "ERR_SOCKET_DGRAM_NOT_RUNNING" => {
                return "state closed".to_owned();
            }
            Err(error) => code(&error),
        };
        let remote = match socket.remote_address(cx) {
            Ok(found) => self.who_has(found.port),
            Err(error) => code(&error),
        };
        let (bytes, count) = (
            socket.get_send_queue_size(cx),
            socket.get_send_queue_count(cx),
        );
        format!("state address={address} remote={remote} queued={bytes} count={count}")
    }
}

fn set(cx: &mut Ctx, socket: Socket, setting: &DatagramAction) -> Result<(), Error> {
    match setting {
        DatagramAction::SetTtl(ttl) => socket.set_ttl(cx, *ttl),
        DatagramAction::SetMulticastTtl(ttl) => socket.set_multicast_ttl(cx, *ttl),
        DatagramAction::SetBroadcast(on) => socket.set_broadcast(cx, *on),
        DatagramAction::SetMulticastLoopback(on) => socket.set_multicast_loopback(cx, *on),
        DatagramAction::SetMulticastInterface(name) => socket.set_multicast_interface(cx, name),
        DatagramAction::AddMembership(group, interface) => {
            socket.add_membership(cx, group, interface.as_deref())
        }
        DatagramAction::DropMembership(group, interface) => {
            socket.drop_membership(cx, group, interface.as_deref())
        }
        DatagramAction::Ref => {
            socket.ref_(cx);
            Ok(())
        }
        DatagramAction::Unref => {
            socket.unref(cx);
            Ok(())
        }
        _ => Ok(()), // the rest is no setting, and was done before
    }
}

fn payload(pieces: &Pieces) -> Payload<'static> {
    match pieces {
        Pieces::One(length) => Payload::from(letters(*length)),
        Pieces::List(lengths) => Payload::list(lengths.iter().map(|length| letters(*length))),
    }
}
