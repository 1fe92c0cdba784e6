//! mio: a loop of one's own on portable readiness.

mod jobs;

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

use mio::event::Source;
use mio::net::{TcpListener, TcpStream, UdpSocket, UnixListener, UnixStream};
use mio::{Events, Interest, Poll, Registry, Token};
use slab::Slab;

pub(crate) use jobs::work;

use crate::error::{Result, error};
use crate::peers::LOCALHOST;
use crate::serve::{Order, PIECE, PIECES, Service, announce};

const LISTENER: Token = Token(usize::MAX);

/// How many events are taken at a time, as libuv does.
const EVENTS: usize = 1024;

/// A listener or a connection, over TCP or a path.
trait Listener: Source {
    type Connection: Source + Read + Write;
    fn next(&self) -> io::Result<Self::Connection>;
}

impl Listener for TcpListener {
    type Connection = TcpStream;

    fn next(&self) -> io::Result<TcpStream> {
        let (connection, _) = self.accept()?;
        connection.set_nodelay(true)?;
        Ok(connection)
    }
}

impl Listener for UnixListener {
    type Connection = UnixStream;

    fn next(&self) -> io::Result<UnixStream> {
        self.accept().map(|(connection, _)| connection)
    }
}

struct Connection<C> {
    stream: C,
    /// What could not be sent yet. It is not read then.
    rest: Vec<u8>,
}

pub(crate) fn serve(order: &Order) -> Result<()> {
    if order.service.is_udp() {
        return echo_datagrams();
    }
    match &order.unix {
        None => {
            let listener = TcpListener::bind(SocketAddr::from(LOCALHOST))?;
            announce(listener.local_addr()?)?;
            run(listener, order.service)
        }
        Some(path) => {
            let listener = UnixListener::bind(path)?;
            announce(path.display())?;
            run(listener, order.service)
        }
    }
}

fn run<L: Listener>(mut listener: L, service: Service) -> Result<()> {
    let mut poll = Poll::new()?;
    poll.registry()
        .register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut events = Events::with_capacity(EVENTS);
    let mut connections = Slab::new();
    let mut buffer = vec![0; PIECE];
    let mut unfinished = Vec::new();
    loop {
        let timeout = (!unfinished.is_empty()).then_some(std::time::Duration::ZERO);
        match poll.poll(&mut events, timeout) {
            Err(error) if error.kind() != ErrorKind::Interrupted => return Err(error.into()),
            _ => {}
        }
        let late = std::mem::take(&mut unfinished);
        for token in events.iter().map(|event| event.token()).chain(late) {
            if token == LISTENER {
                accept(&listener, poll.registry(), &mut connections)?;
                continue;
            }
            let Some(connection) = connections.get_mut(token.0) else {
                continue;
            };
            let served = match service {
                Service::Echo => echo(connection, &mut buffer),
                Service::Sink => sink(connection, &mut buffer),
                Service::Source => source(connection),
                Service::Relay | Service::Splice => return Err(error("mio does not relay here")),
                Service::UdpEcho | Service::UdpBatch | Service::UdpAlone => {
                    return Err(error("that is no stream's"));
                }
            };
            match served {
                Ok(true) => {}
                Ok(false) => unfinished.push(token),
                Err(_) => drop(connections.remove(token.0)),
            }
        }
    }
}

fn accept<L: Listener>(
    listener: &L,
    registry: &Registry,
    connections: &mut Slab<Connection<L::Connection>>,
) -> Result<()> {
    loop {
        let mut stream = match listener.next() {
            Ok(stream) => stream,
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let entry = connections.vacant_entry();
        let both = Interest::READABLE | Interest::WRITABLE;
        registry.register(&mut stream, Token(entry.key()), both)?;
        entry.insert(Connection {
            stream,
            rest: Vec::new(),
        });
    }
}

/// The result of a call that may have nothing to do: `None` then.
fn tried(result: io::Result<usize>) -> io::Result<Option<usize>> {
    match result {
        Ok(count) => Ok(Some(count)),
        Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(None),
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(Some(0)),
        Err(error) => Err(error),
    }
}

/// Reads, which ends the connection at its end. A short read is the last one, as tokio has it: there is an event for what comes after.
fn read(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<Option<usize>> {
    match tried(stream.read(buffer))? {
        Some(0) => Err(ErrorKind::UnexpectedEof.into()),
        got => Ok(got),
    }
}

/// False if it is to go on without another event.
fn echo<C: Read + Write>(connection: &mut Connection<C>, buffer: &mut [u8]) -> io::Result<bool> {
    for _ in 0..PIECES {
        if !connection.rest.is_empty() {
            let Some(sent) = tried(connection.stream.write(&connection.rest))? else {
                return Ok(true);
            };
            connection.rest.drain(..sent);
            continue;
        }
        let Some(got) = read(&mut connection.stream, buffer)? else {
            return Ok(true);
        };
        let sent = tried(connection.stream.write(&buffer[..got]))?.unwrap_or(0);
        connection.rest.extend_from_slice(&buffer[sent..got]);
        if got < buffer.len() && connection.rest.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sink<C: Read>(connection: &mut Connection<C>, buffer: &mut [u8]) -> io::Result<bool> {
    for _ in 0..PIECES {
        match read(&mut connection.stream, buffer)? {
            Some(got) if got == buffer.len() => {}
            _ => return Ok(true),
        }
    }
    Ok(false)
}

fn source<C: Write>(connection: &mut Connection<C>) -> io::Result<bool> {
    static BYTES: [u8; PIECE] = [b'm'; PIECE];
    for _ in 0..PIECES {
        match tried(connection.stream.write(&BYTES))? {
            Some(PIECE) => {}
            _ => return Ok(true),
        }
    }
    Ok(false)
}

fn echo_datagrams() -> Result<()> {
    let mut poll = Poll::new()?;
    let mut socket = UdpSocket::bind(SocketAddr::from(LOCALHOST))?;
    let readable = Interest::READABLE;
    poll.registry().register(&mut socket, LISTENER, readable)?;
    announce(socket.local_addr()?)?;
    let mut events = Events::with_capacity(EVENTS);
    let mut buffer = vec![0; PIECE];
    loop {
        poll.poll(&mut events, None)?;
        while let Ok((count, from)) = socket.recv_from(&mut buffer) {
            // What the kernel does not take is lost, as datagrams may be.
            let _ = socket.send_to(&buffer[..count], from);
        }
    }
}
