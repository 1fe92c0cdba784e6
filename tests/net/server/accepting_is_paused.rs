//! A server that is paused listens, and accepts nobody: who comes waits in the kernel, until it goes on.

use std::net::TcpStream;
use std::time::Duration;

use uvox::env::{self, Env};
use uvox::net::Server;

use super::common::{Log, loopback, program, scenario, server};

/// Before it listens, in a listener of 'connection', and while somebody waits.
#[test]
fn paused_and_resumed() {
    scenario(|| {
        let said = program(|cx, log| {
            let server = server(cx);
            log.watch(cx, server);
            server.pause(cx);
            server.listen(cx, loopback()).unwrap();
            let mut count = 0;
            server.on_connection(cx, move |cx, server, socket| {
                socket.destroy(cx);
                server.pause(cx);
                count += 1;
                if count == 2 {
                    server.close(cx);
                }
            });
            server.on_listening(cx, move |cx, server| {
                let port = server.port(cx).unwrap();
                let connect = || TcpStream::connect(("127.0.0.1", port)).unwrap();
                let peers = [connect(), connect()];
                again(cx, server, log.clone(), peers.into());
            });
        });
        let lines = [
            "listening",
            "resumed",
            "connection",
            "resumed",
            "connection",
            "close",
        ];
        assert_eq!(said, lines);
    });
}

/// Two milliseconds in which the loop turns, and nobody is accepted.
fn again(cx: &mut uvox::event_loop::Ctx, server: Server, log: Log, peers: Vec<TcpStream>) {
    let before = log.all();
    env::set_timeout(cx, Duration::from_millis(2), move |cx| {
        if !server.is_listening(cx) {
            return drop(peers);
        }
        assert_eq!(log.all(), before);
        log.say("resumed");
        server.resume(cx);
        // A turn later the next one has come, if only one could.
        env::set_immediate(cx, move |cx| {
            env::set_immediate(cx, move |cx| again(cx, server, log, peers));
        });
    });
}

/// It does not spin meanwhile, though somebody is at the door.
#[test]
fn nothing_is_done_meanwhile() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let server = env::enter(&mut env, |cx| {
            let server = server(cx);
            server.listen(cx, loopback()).unwrap();
            server.on_connection(cx, |_, _, _| unreachable!());
            server
        });
        let server = server.unwrap();
        let mut lp = env.into_loop();
        uvox_testing::until(&mut lp, |cx| server.is_listening(cx));
        let port = server.port(&mut lp).unwrap();
        server.pause(&mut lp);
        let peer = TcpStream::connect(("127.0.0.1", port)).unwrap();
        assert!(uvox_testing::turns_in(&mut lp, Duration::from_millis(20)) < 10);
        drop(peer);
        server.close(&mut lp);
        env::enter(&mut lp, |_| ());
        lp.run(uvox::event_loop::RunMode::Default).unwrap();
        uvox_testing::end(lp);
    });
}
