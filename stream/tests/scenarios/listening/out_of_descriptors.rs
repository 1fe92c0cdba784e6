//! The process runs out of descriptors while connections wait: each policy does what it says, the event and the counters tell, the loop does not
//! spin, and the listener goes on when there are descriptors again.

use std::io::{ErrorKind, Read};
use std::net::{SocketAddr, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::sys::{self, Domain, Type};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::uv::{
    OutOfDescriptors, Stream, accept_counts, on_out_of_descriptors, set_out_of_descriptors,
};
use uvox_testing::{in_child, leave_room_for, turns_in};

use super::support::{ACCEPT, listening};
use crate::common::{Seen, close_and_end, scenario, until};

/// A listener in a process that has no descriptor left when the third client's connection waits.
struct Stage {
    lp: Loop,
    server: Stream,
    /// Connections that were accepted, which stay open.
    accepted: Seen<std::rc::Rc<OwnedFd>>,
    shortages: Seen<(Errno, u64)>,
    clients: Vec<TcpStream>,
    fill: Vec<OwnedFd>,
}

fn stage(policy: OutOfDescriptors) -> Stage {
    let mut lp = Loop::new().unwrap();
    let (accepted, shortages) = (Seen::new(), Seen::new());
    let record = accepted.clone();
    let (server, address) = listening(&mut lp, move |_, _, connection| {
        record.add(std::rc::Rc::new(OwnedFd::from(connection.unwrap())));
    });
    set_out_of_descriptors(&mut lp, policy);
    let record = shortages.clone();
    on_out_of_descriptors(&mut lp, move |cx, shortage| {
        assert!(!cx.is_closing(shortage.listener));
        record.add((shortage.errno, shortage.dropped));
    });
    let sockets: Vec<OwnedFd> = (0..3)
        .map(|_| sys::socket(Domain::IPV4, Type::STREAM, None).unwrap())
        .collect();
    let fill = leave_room_for(2);
    let clients = sockets
        .into_iter()
        .map(|socket| connect(socket, address))
        .collect();
    Stage {
        lp,
        server,
        accepted,
        shortages,
        clients,
        fill,
    }
}

fn connect(socket: OwnedFd, address: SocketAddr) -> TcpStream {
    sys::set_nonblocking(socket.as_fd(), false).unwrap();
    sys::connect(socket.as_fd(), address).unwrap();
    TcpStream::from(socket)
}

/// Runs a scenario of this file in a process of its own.
fn alone(test: &str, run: impl FnOnce()) {
    scenario(|| in_child(&format!("listening::out_of_descriptors::{test}"), run));
}

/// For so long nothing happens.
const MOMENT: Duration = Duration::from_millis(30);

fn is_open(client: &mut TcpStream) -> bool {
    client.set_nonblocking(true).unwrap();
    let read = client.read(&mut [0]);
    client.set_nonblocking(false).unwrap();
    matches!(read, Err(error) if error.kind() == ErrorKind::WouldBlock)
}

#[test]
fn drop_() {
    alone("drop_", || {
        let mut stage = stage(OutOfDescriptors::Drop);
        until(&mut stage.lp, |_| stage.shortages.len() == 1);
        assert_eq!(stage.shortages.all(), [(Errno::EMFILE, 1)]);
        assert_eq!(stage.accepted.len(), 2);
        assert_eq!(stage.clients[2].read(&mut [0]).unwrap(), 0, "it was closed");
        assert!(is_open(&mut stage.clients[0]) && is_open(&mut stage.clients[1]));
        let counts = accept_counts(&stage.lp);
        assert_eq!((counts.shortages, counts.dropped), (1, 1));
        assert_eq!((counts.paused, counts.backed_off), (0, 0));
        assert!(turns_in(&mut stage.lp, MOMENT) < 10);
        // The reserve is there again for the next one.
        drop(stage.clients.pop());
        let socket = sys::socket(Domain::IPV4, Type::STREAM, None).unwrap();
        let address = stage.clients[0].peer_addr().unwrap();
        let mut late = connect(socket, address);
        until(&mut stage.lp, |_| stage.shortages.len() == 2);
        assert_eq!(late.read(&mut [0]).unwrap(), 0);
        stage.fill.clear();
        stage.clients.push(TcpStream::connect(address).unwrap());
        until(&mut stage.lp, |_| stage.accepted.len() == 3);
        finish(stage);
    });
}

#[test]
fn pause_until_one_is_closed() {
    alone("pause_until_one_is_closed", || {
        let mut stage = stage(OutOfDescriptors::Pause);
        // A handle of the loop's with a descriptor, to be closed.
        let other = stage.fill.pop().unwrap();
        let other = crate::common::with_socket(&mut stage.lp, other);
        until(&mut stage.lp, |_| stage.shortages.len() == 1);
        assert_eq!(stage.shortages.all(), [(Errno::EMFILE, 0)]);
        assert!(is_open(&mut stage.clients[2]), "it waits");
        assert!(turns_in(&mut stage.lp, MOMENT) < 10);
        assert_eq!(stage.accepted.len(), 2);
        stage.lp.close(other, |_| ()).unwrap();
        let turns = stage.lp.metrics().turns;
        until(&mut stage.lp, |_| stage.accepted.len() == 3);
        assert!(
            stage.lp.metrics().turns <= turns + 3,
            "it heard of it at once"
        );
        let counts = accept_counts(&stage.lp);
        assert_eq!((counts.dropped, counts.backed_off), (0, 0));
        assert!(counts.paused >= 1);
        finish(stage);
    });
}

/// The descriptor that is closed is nobody's that the loop knows: the timer behind the policy finds out.
#[test]
fn pause_until_somebody_else_closes_one() {
    alone("pause_until_somebody_else_closes_one", || {
        let mut stage = stage(OutOfDescriptors::Pause);
        until(&mut stage.lp, |_| stage.shortages.len() == 1);
        stage.fill.clear();
        until(&mut stage.lp, |_| stage.accepted.len() == 3);
        finish(stage);
    });
}

#[test]
fn back_off_by_a_timer() {
    alone("back_off_by_a_timer", || {
        let mut stage = stage(OutOfDescriptors::BackOff(Duration::from_millis(5)));
        until(&mut stage.lp, |_| stage.shortages.len() == 3);
        assert!(is_open(&mut stage.clients[2]), "it waits");
        assert!(turns_in(&mut stage.lp, MOMENT) < 50);
        stage.fill.clear();
        until(&mut stage.lp, |_| stage.accepted.len() == 3);
        let counts = accept_counts(&stage.lp);
        assert!(counts.backed_off >= 3);
        assert_eq!((counts.dropped, counts.paused), (0, 0));
        finish(stage);
    });
}

/// The last descriptor goes to the last connection: nobody is dropped, and the listener does not wait for anything but the next one.
#[test]
fn nobody_waits() {
    alone("nobody_waits", || {
        let mut stage = stage(OutOfDescriptors::Drop);
        let address = stage.clients[0].peer_addr().unwrap();
        drop(stage.fill.pop());
        until(&mut stage.lp, |_| stage.accepted.len() == 3);
        assert!(turns_in(&mut stage.lp, MOMENT) < 10);
        assert_eq!(stage.shortages.all(), [(Errno::EMFILE, 0)]);
        let counts = accept_counts(&stage.lp);
        assert_eq!((counts.dropped, counts.backed_off), (0, 0));
        stage.fill.clear();
        stage.clients.push(TcpStream::connect(address).unwrap());
        let turns = stage.lp.metrics().turns;
        until(&mut stage.lp, |_| stage.accepted.len() == 4);
        assert!(stage.lp.metrics().turns <= turns + 2);
        finish(stage);
    });
}

/// No time at all would be to spin.
#[test]
fn back_off_for_no_time() {
    alone("back_off_for_no_time", || {
        let mut stage = stage(OutOfDescriptors::BackOff(Duration::ZERO));
        until(&mut stage.lp, |_| stage.shortages.len() == 3);
        assert!(turns_in(&mut stage.lp, MOMENT) < 150);
        stage.fill.clear();
        until(&mut stage.lp, |_| stage.accepted.len() == 3);
        finish(stage);
    });
}

/// The callback is there the next time, also if it panicked.
#[test]
fn a_callback_that_panics_stays() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (server, address) = listening(&mut lp, |_, _, _| ());
        set_out_of_descriptors(&mut lp, OutOfDescriptors::BackOff(Duration::ZERO));
        let told = Seen::new();
        let record = told.clone();
        on_out_of_descriptors(&mut lp, move |_, shortage| {
            record.add(shortage.errno);
            assert!(record.len() > 1, "on purpose");
        });
        let _client = TcpStream::connect(address).unwrap();
        let full = || Fault::new(ACCEPT, 1, Effect::Fail(Errno::EMFILE));
        let _faults = fault::plan([full(), full()]);
        let panicked = catch_unwind(AssertUnwindSafe(|| lp.run(RunMode::Once)));
        assert!(panicked.is_err());
        until(&mut lp, |_| told.len() == 2);
        assert_eq!(told.all(), [Errno::EMFILE; 2]);
        close_and_end(lp, &[server]);
    });
}

/// A listener that waits for a descriptor can be closed, and paused for good.
#[test]
fn a_starved_listener_is_paused_and_closed() {
    alone("a_starved_listener_is_paused_and_closed", || {
        let mut stage = stage(OutOfDescriptors::BackOff(Duration::from_millis(1)));
        until(&mut stage.lp, |_| stage.shortages.len() == 1);
        stage.server.pause_accept(&mut stage.lp).unwrap();
        stage.fill.clear();
        turns_in(&mut stage.lp, Duration::from_millis(10));
        assert_eq!(stage.accepted.len(), 2);
        stage.server.resume_accept(&mut stage.lp).unwrap();
        until(&mut stage.lp, |_| stage.accepted.len() == 3);
        let (lp, server) = (&mut stage.lp, stage.server);
        server.pause_accept(lp).unwrap();
        assert!(lp.run(RunMode::NoWait).unwrap(), "it listens still");
        finish(stage);
    });
}

fn finish(stage: Stage) {
    drop((stage.accepted.take(), stage.clients, stage.fill));
    close_and_end(stage.lp, &[stage.server]);
}
