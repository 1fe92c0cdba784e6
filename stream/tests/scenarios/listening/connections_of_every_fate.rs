//! A connection becomes a stream, is given to somebody else as a bare descriptor, or is dropped, which closes it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::OwnedFd;

use uvox_loop::trace::{self, Layer, Recorder};
use uvox_loop::{Kind, Loop};
use uvox_stream::uv::{Stream, StreamState};

use super::support::{clients, listening};
use crate::common::{Seen, close_and_end, scenario, until};

static ACCEPTED: Kind<StreamState> = Stream::kind("accepted");

#[test]
fn connections_of_every_fate() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (streams, given) = (Seen::new(), Seen::new());
        let (made, record) = (streams.clone(), given.clone());
        let (server, address) = listening(&mut lp, move |cx, _, connection| {
            let connection = connection.unwrap();
            match made.len() + record.len() {
                0 => {
                    let stream = Stream::accept(cx, &ACCEPTED, connection).unwrap();
                    stream.write(cx, b"a stream", |_, _, _| ()).unwrap();
                    made.add(stream);
                }
                1 => record.add(std::rc::Rc::new(TcpStream::from(OwnedFd::from(connection)))),
                _ => {
                    drop(connection);
                    made.add(made.all()[0]);
                }
            }
        });
        let mut clients = clients(address, 3);
        until(&mut lp, |_| streams.len() + given.len() == 3);
        let mut got = [0; 8];
        clients[0].read_exact(&mut got).unwrap();
        assert_eq!(&got, b"a stream");
        (&*given.take()[0]).write_all(b"a socket").unwrap();
        clients[1].read_exact(&mut got).unwrap();
        assert_eq!(&got, b"a socket");
        assert_eq!(clients[2].read(&mut got).unwrap(), 0, "it was closed");
        close_and_end(lp, &[server, streams.all()[0]]);
    });
}

/// Of an accepted connection everything is known that matters: to accept it and to make it a stream takes two calls.
#[test]
fn what_a_connection_costs() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (server, address) = listening(&mut lp, move |cx, _, connection| {
            record.add(Stream::accept(cx, &ACCEPTED, connection.unwrap()).unwrap());
        });
        let _clients = clients(address, 2);
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        until(&mut lp, |_| seen.len() == 2);
        trace::take();
        let calls: Vec<&str> = recorder
            .events()
            .iter()
            .filter(|event| event.layer == Layer::Sys && event.name.starts_with("accept"))
            .map(|event| event.name)
            .collect();
        assert_eq!(calls.len(), 3, "two, and one that finds no more: {calls:?}");
        let others = recorder.events().into_iter().filter(|event| {
            event.layer == Layer::Sys && ["fcntl", "getsockname", "ioctl"].contains(&event.name)
        });
        assert_eq!(others.count(), 0);
        let mut handles = seen.all();
        handles.push(server);
        close_and_end(lp, &handles);
    });
}
