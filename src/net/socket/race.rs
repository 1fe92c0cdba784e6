//! Several addresses, tried at the same time, a while after each other, until one is there (RFC 8305).
//!
//! Each attempt has a wrap of its own. The socket stands on one that is never used, until an attempt succeeds, whose wrap then takes its place; all others
//! are closed, and nobody hears of them any more.

use std::collections::VecDeque;
use std::time::Duration;

use uvox_loop::{Ctx, Errno};
use uvox_stream::node::HandleWrap;
use uvox_tcp::node::{SocketType, TcpWrap};

use super::attempt::{self, Can, Local, Remote};
use super::connect_options::ConnectOptions;
use super::events::Attempt;
use super::state::Socket;
use crate::Error;
use crate::env::{self, Timeout};
use crate::net::wrap::Wrap;
use crate::net::{BlockList, errors};

/// The attempts of a socket.
pub(super) struct Race {
    /// What the socket stands on meanwhile: it tells one race from another.
    course: Wrap,
    waiting: VecDeque<Remote>,
    running: Vec<(TcpWrap, Remote)>,
    local: Local,
    time: Duration,
    timeout: Option<Timeout>,
    errors: Vec<Error>,
    block_list: Option<BlockList>,
}

/// Begins with the first, at least two addresses are.
pub(super) fn begin(
    cx: &mut Ctx,
    socket: Socket,
    waiting: VecDeque<Remote>,
    local: Local,
    options: ConnectOptions,
) {
    let Some(course) = socket.wrap(cx) else {
        return;
    };
    let race = Race {
        course,
        waiting,
        running: Vec::new(),
        local,
        time: options.attempt_timeout,
        timeout: None,
        errors: Vec::new(),
        block_list: options.block_list,
    };
    if let Some(more) = socket.more(cx) {
        more.race = Some(race);
    }
    next(cx, socket, course);
}

impl Race {
    /// It is over: nothing of it goes on.
    pub(super) fn stop(self, cx: &mut Ctx) {
        if let Some(timeout) = self.timeout {
            timeout.clear(cx);
        }
        for (tcp, _) in self.running {
            tcp.close(cx, |_| ());
        }
    }

    /// The wraps of the attempts that go on.
    pub(super) fn wraps(&self) -> Vec<TcpWrap> {
        self.running.iter().map(|(tcp, _)| *tcp).collect()
    }
}

fn race(cx: &mut Ctx, socket: Socket, course: Wrap) -> Option<&mut Race> {
    let race = socket.state_mut(cx)?.more.as_mut()?.race.as_mut()?;
    (race.course == course).then_some(race)
}

/// Begins the next attempt, and the one after it if it cannot even begin.
fn next(cx: &mut Ctx, socket: Socket, course: Wrap) {
    // Each turn takes an address away.
    while let Some(race) = race(cx, socket, course) {
        let timeout = race.timeout.take();
        let remote = race.waiting.pop_front();
        let is_over = remote.is_none() && race.running.is_empty();
        if let Some(timeout) = timeout {
            timeout.clear(cx);
        }
        if is_over {
            return give_up(cx, socket, course);
        }
        let Some(remote) = remote else {
            return;
        };
        match start(cx, socket, course, &remote) {
            Ok(()) => return,
            Err(Failure::Quiet(error)) => note(cx, socket, course, error),
            Err(Failure::Told(error)) => {
                note(cx, socket, course, error.clone());
                socket.emit_attempt(cx, remote.failed(error));
            }
        }
    }
}

fn note(cx: &mut Ctx, socket: Socket, course: Wrap, error: Error) {
    if let Some(race) = race(cx, socket, course) {
        race.errors.push(error);
    }
}

fn give_up(cx: &mut Ctx, socket: Socket, course: Wrap) {
    let Some(race) = race(cx, socket, course) else {
        return;
    };
    let error = Error::aggregate(std::mem::take(&mut race.errors));
    socket.destroy_with(cx, error);
}

/// Why an attempt could not begin: whether it is told as one.
enum Failure {
    Told(Error),
    Quiet(Error),
}

fn start(cx: &mut Ctx, socket: Socket, course: Wrap, remote: &Remote) -> Result<(), Failure> {
    let gone = || Failure::Quiet(errors::socket_closed());
    let context = race(cx, socket, course).ok_or_else(gone)?;
    let local = context.local.clone();
    attempt::check_blocked(remote, context.block_list.as_ref()).map_err(Failure::Told)?;
    let tcp = TcpWrap::new(cx, SocketType::Socket);
    if course.has_ref(cx) == Some(false) {
        let _ = tcp.unref(cx);
    }
    if let Err(error) = attempt::bind(cx, tcp, &local, remote.family().unwrap_or(4)) {
        tcp.close(cx, |_| ());
        return Err(Failure::Quiet(error));
    }
    socket.emit_attempt(cx, remote.begins());
    let Some(context) = race(cx, socket, course) else {
        tcp.close(cx, |_| ());
        return Err(gone());
    };
    context.running.push((tcp, remote.clone()));
    let others_wait = !context.waiting.is_empty();
    let time = context.time;
    let begun = attempt::start(cx, Wrap::Tcp(tcp), remote, move |cx, status, can| {
        env::enter(cx, |cx| on_ended(cx, socket, course, tcp, status, can));
    });
    if let Err(errno) = begun {
        let own = attempt::own_address(cx, Wrap::Tcp(tcp));
        take_out(cx, socket, course, tcp);
        tcp.close(cx, |_| ());
        return Err(Failure::Told(remote.error(errno).from_local(own)));
    }
    if others_wait {
        let later = remote.clone();
        let timeout = env::set_timeout(cx, time, move |cx| on_time(cx, socket, course, &later));
        if let Some(context) = race(cx, socket, course) {
            context.timeout = Some(timeout);
        }
    }
    Ok(())
}

/// The attempt does not count any more.
fn take_out(cx: &mut Ctx, socket: Socket, course: Wrap, tcp: TcpWrap) -> Option<Remote> {
    let context = race(cx, socket, course)?;
    let at = context.running.iter().position(|(own, _)| *own == tcp)?;
    Some(context.running.remove(at).1)
}

/// An attempt takes long: the next begins, and it goes on all the same.
fn on_time(cx: &mut Ctx, socket: Socket, course: Wrap, remote: &Remote) {
    let told = Attempt::TimedOut {
        address: remote.address().into_owned(),
        port: remote.port().unwrap_or(0),
        family: remote.family().unwrap_or(4),
    };
    if race(cx, socket, course).is_some() {
        socket.emit_attempt(cx, told);
        next(cx, socket, course);
    }
}

fn on_ended(
    cx: &mut Ctx,
    socket: Socket,
    course: Wrap,
    tcp: TcpWrap,
    status: Result<(), Errno>,
    can: Can,
) {
    let Some(remote) = take_out(cx, socket, course, tcp) else {
        // It was closed, because another one was first, or the socket was destroyed.
        return;
    };
    let Err(errno) = status else {
        return win(cx, socket, course, tcp, &remote, can);
    };
    tcp.close(cx, |_| ());
    let local = race(cx, socket, course).map(|race| race.local.told(&remote));
    let error = local.unwrap_or_default().add_to(remote.error(errno));
    note(cx, socket, course, error.clone());
    socket.emit_attempt(cx, remote.failed(error));
    next(cx, socket, course);
}

/// The first that is there.
fn win(cx: &mut Ctx, socket: Socket, course: Wrap, tcp: TcpWrap, remote: &Remote, can: Can) {
    if let Some(race) = socket.more(cx).and_then(|more| more.race.take()) {
        race.stop(cx);
    }
    course.close(cx, |_| ());
    socket.stand_on(cx, Wrap::Tcp(tcp));
    attempt::after_connect(cx, socket, Ok(()), can, remote, &Local::default());
}
