//! An `accept` that fails is an 'error' of the server, which goes on; but for a want of descriptors there is a policy, and for a peer that has gone again nothing.

use std::io::Read;
use std::net::TcpStream;

use uvox::event_loop::Ctx;
#[cfg(target_os = "linux")]
use uvox::event_loop::Errno;
#[cfg(target_os = "linux")]
use uvox::event_loop::sys::fault::{self, Effect, Fault};
use uvox::net::{
    OutOfDescriptors, Server, Wrap, accept_counts, on_out_of_descriptors, set_out_of_descriptors,
};
use uvox_testing::{in_child, leave_room_for};

use super::common::{Log, loopback, program, scenario, server};

/// A server to which one peer comes, and the peer.
#[cfg(target_os = "linux")]
fn with_a_peer(cx: &mut Ctx, log: &Log, errno: Errno) {
    let server = server(cx);
    log.watch(cx, server);
    server.listen(cx, loopback()).unwrap();
    server.on_connection(cx, |cx, server, socket| {
        socket.destroy(cx);
        server.close(cx);
    });
    server.on_listening(cx, move |cx, server| {
        let port = server.port(cx).unwrap();
        let fault = Fault::new("accept4", 1, Effect::Fail(errno));
        let faults = fault::plan([fault]);
        let peer = TcpStream::connect(("127.0.0.1", port)).unwrap();
        server.once_close(cx, move |_, _| {
            assert_eq!(faults.left(), 0);
            drop(peer);
        });
    });
}

#[cfg(target_os = "linux")]
#[test]
fn it_is_told_and_goes_on() {
    scenario(|| {
        let said = program(|cx, log| with_a_peer(cx, &log, Errno::EPERM));
        let lines = [
            "listening",
            "error EPERM|accept EPERM|accept|-|-",
            "connection",
            "close",
        ];
        assert_eq!(said, lines);
        let said = program(|cx, log| with_a_peer(cx, &log, Errno::ECONNABORTED));
        assert_eq!(said, ["listening", "connection", "close"]);
    });
}

/// Runs a scenario of this file in a process of its own.
fn alone(test: &str, run: impl FnOnce()) {
    scenario(|| in_child(&format!("server::accepting_fails::{test}"), run));
}

/// A peer comes when there is no descriptor for it; when it has been dropped, or the server has noticed, there are some again, and another peer comes.
fn out_of_descriptors(policy: OutOfDescriptors) -> Vec<String> {
    program(|cx, log| {
        set_out_of_descriptors(cx, policy);
        let server = server(cx);
        log.watch(cx, server);
        server.listen(cx, loopback()).unwrap();
        let note = log.clone();
        server.on_listening(cx, move |cx, server| on_listening(cx, server, &note));
        server.on_connection(cx, |cx, server, socket| {
            socket.destroy(cx);
            server.close(cx);
        });
        server.on_close(cx, move |cx, _| {
            let counts = accept_counts(cx);
            assert_eq!(counts.shortages, 1);
            log.say(format!("{} dropped", counts.dropped));
        });
    })
}

fn on_listening(cx: &mut Ctx, server: Server, log: &Log) {
    let port = server.port(cx).unwrap();
    let fill = leave_room_for(1);
    // The last descriptor of all is the peer's.
    let mut peer = Some(TcpStream::connect(("127.0.0.1", port)).unwrap());
    let (mut fill, log) = (Some(fill), log.clone());
    on_out_of_descriptors(cx, move |cx, shortage| {
        let Some(Wrap::Tcp(tcp)) = server.wrap(cx) else {
            panic!("it listens");
        };
        assert_eq!(tcp.stream(cx), Some(shortage.listener));
        log.say(format!("{} {}", shortage.errno.name(), shortage.dropped));
        fill.take();
        if shortage.dropped > 0 {
            assert_eq!(peer.take().unwrap().read(&mut [0]).unwrap(), 0);
            peer = Some(TcpStream::connect(("127.0.0.1", port)).unwrap());
        }
    });
}

/// As in Node, the server itself says nothing.
#[test]
fn dropped() {
    alone("dropped", || {
        let said = out_of_descriptors(OutOfDescriptors::Drop);
        assert_eq!(
            said,
            ["listening", "EMFILE 1", "connection", "close", "1 dropped"]
        );
    });
}

/// They wait, and come in when there is room.
#[test]
fn left_waiting() {
    alone("left_waiting", || {
        let time = std::time::Duration::from_millis(1);
        let said = out_of_descriptors(OutOfDescriptors::BackOff(time));
        assert_eq!(
            said,
            ["listening", "EMFILE 0", "connection", "close", "0 dropped"]
        );
    });
}
