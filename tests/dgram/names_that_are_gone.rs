//! A socket that is closed, and one whose state is gone: every method says so, and none panics.

use uvox::Error;
use uvox::dgram::{self, BindOptions, Socket, SocketOptions, Target};
use uvox::env::Env;
use uvox::event_loop::{Ctx, Loop};

use crate::common::scenario;

fn is_not_running<T>(result: Result<T, Error>) {
    let Err(error) = result else {
        panic!("it runs");
    };
    assert_eq!(error.code(), "ERR_SOCKET_DGRAM_NOT_RUNNING");
    assert_eq!(error.to_string(), "Not running");
}

fn use_it(cx: &mut Ctx, socket: Socket) {
    is_not_running(socket.bind(cx, 0));
    is_not_running(socket.bind_then(cx, BindOptions::new(), |_, _| panic!("bound")));
    is_not_running(socket.connect(cx, 9));
    is_not_running(socket.connect_then(cx, 9, |_, _| panic!("connected")));
    is_not_running(socket.send(cx, "x", 9));
    is_not_running(socket.send_then(cx, "x", 9, |_, _| panic!("sent")));
    is_not_running(socket.send_batch(cx, [(&b"x"[..], None)]));
    is_not_running(socket.on_messages(cx, |_, _, _| panic!("received")));
    is_not_running(socket.address(cx));
    is_not_running(socket.remote_address(cx));
    is_not_running(socket.set_broadcast(cx, true));
    is_not_running(socket.set_ttl(cx, 1));
    is_not_running(socket.set_multicast_ttl(cx, 1));
    is_not_running(socket.set_multicast_loopback(cx, true));
    is_not_running(socket.set_multicast_interface(cx, "127.0.0.1"));
    is_not_running(socket.add_membership(cx, "224.0.0.114", None));
    is_not_running(socket.drop_membership(cx, "", None));
    is_not_running(socket.add_source_specific_membership(cx, "a", "b", Some("c")));
    is_not_running(socket.drop_source_specific_membership(cx, "a", "b", Some("c")));
    is_not_running(socket.recv_buffer_size(cx));
    is_not_running(socket.send_buffer_size(cx));
    is_not_running(socket.set_recv_buffer_size(cx, 1));
    is_not_running(socket.set_send_buffer_size(cx, 1));
    let disconnected = socket.disconnect(cx).unwrap_err();
    assert_eq!(disconnected.code(), "ERR_SOCKET_DGRAM_NOT_CONNECTED");
    assert_eq!(
        (
            socket.get_send_queue_size(cx),
            socket.get_send_queue_count(cx)
        ),
        (0, 0)
    );
    socket.ref_(cx);
    socket.unref(cx);
    assert!(socket.wrap(cx).is_none());
    is_not_running(socket.close(cx));
    is_not_running(socket.send(cx, "x", Target::port(9).address("localhost")));
}

#[test]
fn names_that_are_gone() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let socket = dgram::create_socket(&mut env, SocketOptions::udp4());
        socket.close(&mut env).unwrap();
        use_it(&mut env, socket);
        env.run().unwrap();
        use_it(&mut env, socket);
        let id = socket.on_close(&mut env, |_, _| panic!("it is gone"));
        assert!(!socket.off(&mut env, id));
        is_not_running(socket.close_then(&mut env, |_, _| panic!("it is gone")));
        socket.release(&mut env);
        env.run().unwrap();
        Loop::close(env.into_loop()).unwrap();
    });
}

/// One that is kept stays until it is released.
#[test]
fn kept() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let [closed, open] =
            [(); 2].map(|()| dgram::create_socket(&mut env, SocketOptions::udp6().keep(true)));
        closed.close(&mut env).unwrap();
        env.run().unwrap();
        use_it(&mut env, closed);
        let id = closed.on_close(&mut env, |_, _| ());
        assert!(closed.off(&mut env, id), "its state is there");
        closed.release(&mut env);
        open.release(&mut env);
        env.run().unwrap();
        assert!(!closed.off(&mut env, id));
        Loop::close(env.into_loop()).unwrap();
    });
}
