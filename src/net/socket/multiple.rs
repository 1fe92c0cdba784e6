//! Several addresses, one after the other (`lookupAndConnectMultiple`, `internalConnectMultiple`).

use std::collections::VecDeque;
use std::time::Duration;

use uvox_loop::{Ctx, Errno};
use uvox_stream::node::HandleWrap;
use uvox_tcp::node::{SocketType, TcpWrap};

use super::attempt::{self, Local, Remote};
use super::connect::fail_in_tick;
use super::connect_options::{ConnectOptions, Strategy};
use super::events::{Attempt, Looked};
use super::race;
use super::state::Socket;
use crate::Error;
use crate::dns::LookupAddress;
use crate::env::{self, Timeout};
use crate::net::wrap::Wrap;
use crate::net::{BlockList, errors};

/// The attempts of a socket.
pub(super) struct Multiple {
    waiting: VecDeque<Remote>,
    /// The wrap that the attempt that goes on is made with.
    current: Option<TcpWrap>,
    local_port: u16,
    time: Duration,
    pub(super) timeout: Option<Timeout>,
    errors: Vec<Error>,
    block_list: Option<BlockList>,
}

/// The addresses that were found, or why there are none.
pub(super) fn on_lookup(
    cx: &mut Ctx,
    socket: Socket,
    host: String,
    found: Result<Vec<LookupAddress>, Error>,
    port: u16,
    local: Local,
    options: ConnectOptions,
) {
    if !socket.is_connecting(cx) {
        return;
    }
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            let found = Err(error.clone());
            socket.emit_lookup(cx, Looked { found, host });
            return fail_in_tick(cx, socket, error);
        }
    };
    for address in &found {
        let (found, host) = (Ok(*address), host.clone());
        socket.emit_lookup(cx, Looked { found, host });
        if !socket.is_connecting(cx) {
            return;
        }
    }
    let mut waiting: VecDeque<Remote> = in_turns(&found)
        .into_iter()
        .map(|address| Remote::found(address, port))
        .collect();
    socket.refresh_timeout(cx);
    if waiting.len() == 1 {
        if let Some(remote) = waiting.pop_front() {
            attempt::connect(cx, socket, remote, &local, options.block_list.as_ref());
        }
        return;
    }
    if options.strategy == Strategy::Race {
        return race::begin(cx, socket, waiting, local, options);
    }
    let multiple = Multiple {
        waiting,
        current: None,
        local_port: local.port,
        time: options.attempt_timeout,
        timeout: None,
        errors: Vec::new(),
        block_list: options.block_list,
    };
    if let Some(more) = socket.more(cx) {
        more.multiple = Some(multiple);
    }
    next(cx, socket, false);
}

/// The families in turns, that of the first address first; each address once.
pub(super) fn in_turns(found: &[LookupAddress]) -> Vec<LookupAddress> {
    let Some(first) = found.first() else {
        return Vec::new();
    };
    let mut queues = [VecDeque::new(), VecDeque::new()];
    for address in found {
        let queue = &mut queues[usize::from(address.family() != first.family())];
        if !queue.contains(address) {
            queue.push_back(*address);
        }
    }
    let mut all = Vec::new();
    while queues.iter().any(|queue| !queue.is_empty()) {
        all.extend(queues.iter_mut().filter_map(VecDeque::pop_front));
    }
    all
}

fn multiple(cx: &mut Ctx, socket: Socket) -> Option<&mut Multiple> {
    socket.state_mut(cx)?.more.as_mut()?.multiple.as_mut()
}

/// The next attempt, and the next again if it cannot even begin; when there is none left, that is it (`internalConnectMultiple`).
fn next(cx: &mut Ctx, socket: Socket, cancelled: bool) {
    let mut is_over = cancelled;
    loop {
        let Some(context) = multiple(cx, socket) else {
            return;
        };
        let timeout = context.timeout.take();
        let remote = context.waiting.pop_front().filter(|_| !is_over);
        let former = context.current.take();
        if let Some(timeout) = timeout {
            timeout.clear(cx);
        }
        let Some(remote) = remote else {
            return give_up(cx, socket);
        };
        if former.is_some() {
            renew(cx, socket);
        }
        match begin(cx, socket, &remote) {
            Ok(()) => return,
            Err((error, told)) => {
                if let Some(context) = multiple(cx, socket) {
                    context.errors.push(error.clone());
                }
                if told {
                    socket.emit_attempt(cx, remote.failed(error));
                }
                is_over = !socket.is_connecting(cx);
            }
        }
    }
}

fn give_up(cx: &mut Ctx, socket: Socket) {
    let Some(more) = socket.more(cx) else {
        return;
    };
    let errors = more
        .multiple
        .take()
        .map_or(Vec::new(), |multiple| multiple.errors);
    let error = match errors.is_empty() {
        true => errors::attempts_timed_out(),
        false => Error::aggregate(errors),
    };
    socket.destroy_with(cx, error);
}

/// Another attempt needs another wrap (`kReinitializeHandle`).
fn renew(cx: &mut Ctx, socket: Socket) {
    let tcp = TcpWrap::new(cx, SocketType::Socket);
    if let Some(wrap) = socket.wrap(cx) {
        // Who does not want to be waited for does not want so after one attempt either.
        if wrap.has_ref(cx) == Some(false) {
            let _ = tcp.unref(cx);
        }
        wrap.close(cx, |_| ());
    }
    socket.stand_on(cx, Wrap::Tcp(tcp));
}

/// Begins an attempt; if that fails, with the error and whether it is told as an attempt.
fn begin(cx: &mut Ctx, socket: Socket, remote: &Remote) -> Result<(), (Error, bool)> {
    let Some(Wrap::Tcp(tcp)) = socket.wrap(cx) else {
        return Err((errors::socket_closed(), false));
    };
    let Some(context) = multiple(cx, socket) else {
        return Err((errors::socket_closed(), false));
    };
    context.current = Some(tcp);
    let is_last = context.waiting.is_empty();
    let time = context.time;
    let blocked = attempt::check_blocked(remote, context.block_list.as_ref());
    let local = Local {
        address: None,
        port: context.local_port,
    };
    blocked.map_err(|error| (error, true))?;
    attempt::bind(cx, tcp, &local, remote.family().unwrap_or(4)).map_err(|error| (error, false))?;
    socket.emit_attempt(cx, remote.begins());
    if socket.wrap(cx) != Some(Wrap::Tcp(tcp)) {
        return Err((errors::socket_closed(), false));
    }
    let (to, own) = (remote.clone(), local.told(remote));
    let begun = attempt::start(cx, Wrap::Tcp(tcp), remote, move |cx, status, can| {
        if multiple(cx, socket).is_none_or(|context| context.current != Some(tcp)) {
            // Another one goes on by now, or none.
            return;
        }
        match status {
            Ok(()) => {
                forget(cx, socket);
                attempt::after_connect(cx, socket, status, can, &to, &Local::default());
            }
            Err(errno) => on_failed(cx, socket, &to, errno, &own),
        }
    });
    if let Err(errno) = begun {
        let own = attempt::own_address(cx, Wrap::Tcp(tcp));
        return Err((remote.error(errno).from_local(own), true));
    }
    if !is_last {
        let (to, own) = (remote.clone(), local.told(remote));
        let timeout = env::set_timeout(cx, time, move |cx| on_timeout(cx, socket, tcp, &to, &own));
        if let Some(context) = multiple(cx, socket) {
            context.timeout = Some(timeout);
        }
    }
    Ok(())
}

/// One is connected: no other is needed.
fn forget(cx: &mut Ctx, socket: Socket) {
    let context = socket.more(cx).and_then(|more| more.multiple.take());
    if let Some(timeout) = context.and_then(|context| context.timeout) {
        timeout.clear(cx);
    }
}

/// `afterConnectMultiple`, of one that failed.
fn on_failed(cx: &mut Ctx, socket: Socket, remote: &Remote, errno: Errno, local: &Local) {
    env::enter(cx, |cx| {
        let Some(context) = multiple(cx, socket) else {
            return;
        };
        let error = local.add_to(remote.error(errno));
        context.errors.push(error.clone());
        let timeout = context.timeout.take();
        if let Some(timeout) = timeout {
            timeout.clear(cx);
        }
        socket.emit_attempt(cx, remote.failed(error));
        if socket.is_connecting(cx) {
            next(cx, socket, errno == Errno::ECANCELED);
        }
    });
}

/// `internalConnectMultipleTimeout`.
fn on_timeout(cx: &mut Ctx, socket: Socket, tcp: TcpWrap, remote: &Remote, local: &Local) {
    let is_current = |context: &mut Multiple| context.current == Some(tcp);
    if !multiple(cx, socket).is_some_and(is_current) {
        return;
    }
    socket.emit_attempt(
        cx,
        Attempt::TimedOut {
            address: remote.address().into_owned(),
            port: remote.port().unwrap_or(0),
            family: remote.family().unwrap_or(4),
        },
    );
    let Some(context) = multiple(cx, socket) else {
        return;
    };
    context
        .errors
        .push(local.add_to(remote.error(Errno::ETIMEDOUT)));
    if socket.is_connecting(cx) {
        next(cx, socket, false);
    }
}
