//! A socket that receives keeps the loop alive, unless it was unref'd, before it was bound or after; a wrap that takes its place is as it was.

use uvox::dgram::{self, BindOptions, SocketOptions};
use uvox::env::Env;
use uvox::event_loop::Loop;
use uvox::udp::node::UdpWrap;

use crate::common::scenario;

#[test]
fn unref_lets_the_loop_end() {
    scenario(|| {
        let mut env = Env::new().unwrap();
        let before = dgram::create_socket(&mut env, SocketOptions::udp4());
        before.unref(&mut env);
        before.bind(&mut env, 0).unwrap();
        let after = dgram::create_socket(&mut env, SocketOptions::udp6());
        after
            .bind_then(&mut env, 0, |cx, after| after.unref(cx))
            .unwrap();
        let replaced = dgram::create_socket(&mut env, SocketOptions::udp4());
        replaced.unref(&mut env);
        let wrap = UdpWrap::new(&mut env);
        wrap.bind(&mut env, "127.0.0.1", 0, 0).unwrap();
        replaced.bind(&mut env, BindOptions::handle(wrap)).unwrap();
        assert_eq!(wrap.has_ref(&env), Some(false));
        env.run().unwrap();
        for socket in [before, after, replaced] {
            assert!(socket.address(&mut env).unwrap().port > 0, "it is open");
            socket.ref_(&mut env);
            socket.close(&mut env).unwrap();
        }
        env.run().unwrap();
        Loop::close(env.into_loop()).unwrap();
    });
}
