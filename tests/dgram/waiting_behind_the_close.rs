//! A close waits behind the sends that wait until the socket is bound. What is asked for after it is an error when its turn comes, and then nobody is there to
//! catch it: it ends the run, as in Node.

use uvox::dgram::{self, SocketOptions};
use uvox::env::{self, Env};

use crate::common::{Seen, scenario};

#[test]
fn waiting_behind_the_close() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        env::on_uncaught(&mut env, move |_, error| record.add(error.to_string()));
        let socket = dgram::create_socket(&mut env, SocketOptions::udp4());
        socket.send(&mut env, "x", (9, "127.0.0.1")).unwrap();
        let record = seen.clone();
        socket
            .close_then(&mut env, move |_, _| record.add("close".to_owned()))
            .unwrap();
        socket
            .connect_then(&mut env, 9, |_, _| panic!("it is closed"))
            .unwrap();
        socket
            .send_then(&mut env, "y", (9, "127.0.0.1"), |_, _| {
                panic!("nobody asks any more")
            })
            .unwrap();
        env.run().unwrap();
        assert_eq!(seen.all(), ["Not running", "close"]);
    });
}

#[test]
fn nobody_catches_it() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let socket = dgram::create_socket(&mut env, SocketOptions::udp4());
        socket.send(&mut env, "x", (9, "127.0.0.1")).unwrap();
        socket.close(&mut env).unwrap();
        socket.close(&mut env).unwrap();
        let ended = env.run().unwrap_err();
        assert_eq!(ended.code(), "ERR_SOCKET_DGRAM_NOT_RUNNING");
    });
}
