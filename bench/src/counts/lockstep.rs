//! The client of the counts.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream, UdpSocket};
use std::os::unix::net::UnixStream;
use std::time::Duration;

use super::Options;
use crate::ending;
use crate::error::Result;
use crate::peers::Peer;
use crate::process::{Launch, Place, Server};

/// A connection, over TCP or a path; or a socket whose datagrams go to the server alone.
trait Socket: Read + Write {}

impl Socket for TcpStream {}
impl Socket for UnixStream {}
impl Socket for Datagrams {}

/// Datagrams to the server and back, as if they were a stream of messages.
struct Datagrams(UdpSocket);

/// How long an answer may take. A datagram may be lost, and is not waited for for ever.
const PATIENCE: Duration = Duration::from_secs(60);

impl Read for Datagrams {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.recv(buffer)
    }
}

impl Write for Datagrams {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.send(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What a client does in one of the runs that are compared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    /// How many rounds of messages there are.
    pub(super) rounds: usize,
    /// How many connections come, send a message, and go, one after the other.
    pub(super) visits: usize,
}

/// How many connect at a time.
const LOT: usize = 100;

/// Connections on which messages go back and forth.
pub(super) struct Client {
    place: Place,
    sockets: Vec<Box<dyn Socket>>,
    udp: bool,
    message: Vec<u8>,
    answer: Vec<u8>,
}

impl Client {
    pub(super) fn connect(place: &Place, options: &Options) -> io::Result<Client> {
        let mut client = Client {
            place: place.clone(),
            sockets: Vec::new(),
            udp: options.udp,
            message: vec![0; options.size],
            answer: vec![0; options.size],
        };
        client.connect_in_lots(options.connections)?;
        Ok(client)
    }

    /// While very many connect, the server does run, now and then: it has waited long enough. So there are not many at a time, and it has accepted
    /// them before the next ones come, in the same lots every time.
    fn connect_in_lots(&mut self, count: usize) -> io::Result<()> {
        let mut all = Vec::with_capacity(count);
        while all.len() + LOT < count {
            self.connect_more(LOT)?;
            self.rounds(1)?;
            all.append(&mut self.sockets);
        }
        self.connect_more(count - all.len())?;
        all.append(&mut self.sockets);
        self.sockets = all;
        Ok(())
    }

    pub(super) fn connect_more(&mut self, count: usize) -> io::Result<()> {
        for _ in 0..count {
            let socket: Box<dyn Socket> = match &self.place {
                Place::Internet(address) if self.udp => {
                    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?;
                    socket.connect(address)?;
                    socket.set_read_timeout(Some(PATIENCE))?;
                    Box::new(Datagrams(socket))
                }
                Place::Internet(address) => {
                    let socket = TcpStream::connect(address)?;
                    socket.set_nodelay(true)?;
                    Box::new(socket)
                }
                Place::Unix(path) => Box::new(UnixStream::connect(path)?),
            };
            self.sockets.push(socket);
        }
        Ok(())
    }

    /// Writes a message on every connection, then reads every answer; and so on.
    pub(super) fn rounds(&mut self, count: usize) -> io::Result<()> {
        for round in 0..count {
            self.message.fill(round as u8);
            for socket in &mut self.sockets {
                socket.write_all(&self.message)?;
            }
            for socket in &mut self.sockets {
                socket.read_exact(&mut self.answer)?;
                assert_eq!(self.answer, self.message, "an echo is what was sent");
            }
        }
        Ok(())
    }

    pub(super) fn work(&mut self, work: Work) -> io::Result<()> {
        self.rounds(work.rounds)?;
        for _ in 0..work.visits {
            let others = std::mem::take(&mut self.sockets);
            self.connect_more(1)?;
            self.rounds(1)?;
            self.sockets = others;
        }
        // The server has heard of the last one's end when this is answered.
        self.rounds(1)
    }
}

/// Starts an echo server on the client's core, which runs only when the client waits.
pub(super) fn start(
    options: &Options,
    peer: Peer,
    under: &[&str],
    control: bool,
) -> Result<Server> {
    let mut launch = Launch::new(peer, options.service(), options.core());
    launch.under = ["chrt", "--idle", "0"]
        .iter()
        .chain(under)
        .map(OsString::from)
        .collect();
    launch.control = control;
    launch.unix = options.unix.then(ending::path);
    launch.start()
}
