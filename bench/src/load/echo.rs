//! Ping-pong: on every connection there is one message on the way.

use std::os::fd::{AsFd, OwnedFd};
use std::time::Instant;

use hdrhistogram::Histogram;
use rustix::event::epoll::EventFlags;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, recv, send};

use super::socket::{Waiter, connected};
use super::{Clock, Cost, Now, PATIENCE, Times};
use crate::error::{Result, error};
use crate::process::Server;

/// What came of it.
#[derive(Debug)]
pub(crate) struct Echoed {
    pub(crate) messages: u64,
    pub(crate) cost: Cost,
    /// How long each message was on its way, in nanoseconds, as the client saw it.
    pub(crate) latency: Histogram<u64>,
}

struct Connection {
    fd: OwnedFd,
    /// How much of the answer has come.
    got: usize,
    sent_at: Instant,
}

/// Connections to an echo server.
pub(crate) struct Echo {
    connections: Vec<Connection>,
    waiter: Waiter,
    message: Vec<u8>,
    answer: Vec<u8>,
}

impl Echo {
    /// Connects, and has one message answered on each connection, so that the server has accepted them all.
    pub(crate) fn connect(server: &Server, connections: usize, size: usize) -> Result<Echo> {
        let mut echo = Echo {
            connections: Vec::with_capacity(connections),
            waiter: Waiter::new()?,
            message: vec![b'c'; size],
            answer: vec![0; size],
        };
        for number in 0..connections {
            let fd = connected(&server.place)?;
            echo.waiter.add(fd.as_fd(), number, EventFlags::IN)?;
            let sent_at = Instant::now();
            echo.connections.push(Connection {
                fd,
                got: 0,
                sent_at,
            });
            // Few at a time, so that the queue of those to be accepted does not run over.
            if number % 64 == 63 {
                echo.once(number - 63)?;
            }
        }
        echo.once(connections / 64 * 64)?;
        Ok(echo)
    }

    /// One message on each connection from `first` on.
    fn once(&mut self, first: usize) -> Result<()> {
        for number in first..self.connections.len() {
            self.send(number, Instant::now())?;
        }
        let mut left = self.connections.len() - first;
        let mut answered = Vec::new();
        while left > 0 {
            self.answers(&mut answered)?;
            left -= answered.len();
        }
        Ok(())
    }

    fn send(&mut self, number: usize, now: Instant) -> Result<()> {
        let connection = &mut self.connections[number];
        connection.sent_at = now;
        match send(&connection.fd, &self.message, SendFlags::NOSIGNAL) {
            Ok(sent) if sent == self.message.len() => Ok(()),
            Ok(_) => Err(error("a message is larger than a socket takes at once")),
            Err(errno) => Err(errno.into()),
        }
    }

    /// Waits for answers; says whose is complete.
    fn answers(&mut self, answered: &mut Vec<usize>) -> Result<()> {
        answered.clear();
        let size = self.message.len();
        let asked = Instant::now();
        loop {
            let mut any = false;
            for (number, _) in self.waiter.wait()? {
                any = true;
                let connection = &mut self.connections[number];
                let room = &mut self.answer[..size - connection.got];
                match recv(&connection.fd, room, RecvFlags::empty()) {
                    Ok((0, _)) => return Err(error("the server has closed a connection")),
                    Ok((count, _)) => connection.got += count,
                    Err(Errno::AGAIN) => continue,
                    Err(errno) => return Err(errno.into()),
                }
                if connection.got == size {
                    connection.got = 0;
                    answered.push(number);
                }
            }
            if any {
                return Ok(());
            }
            if asked.elapsed() > PATIENCE {
                return Err(error("the server does not answer"));
            }
        }
    }

    /// Sends on the first `active` connections, again as soon as there is an answer.
    pub(crate) fn run(&mut self, server: &Server, active: usize, times: Times) -> Result<Echoed> {
        let mut latency = Histogram::new_with_bounds(1, 60_000_000_000, 3)?;
        let mut clock = Clock::start(server, times);
        for number in 0..active {
            self.send(number, Instant::now())?;
        }
        let mut messages = 0;
        let mut answered = Vec::new();
        let cost = loop {
            self.answers(&mut answered)?;
            match clock.look(messages)? {
                Now::Over(cost) => break cost,
                Now::AsBefore | Now::Warm => {}
            }
            for &number in &answered {
                let now = Instant::now();
                if clock.is_measuring() {
                    let time = now - self.connections[number].sent_at;
                    latency.saturating_record(time.as_nanos() as u64);
                    messages += 1;
                }
                self.send(number, now)?;
            }
        };
        Ok(Echoed {
            messages,
            cost,
            latency,
        })
    }
}
