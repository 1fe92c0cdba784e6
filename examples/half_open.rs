//! One says all it has to say, and ends; the other one answers when it has heard all: request and reply without any framing. In Node:
//!
//! ```js
//! const server = net.createServer({ allowHalfOpen: true }, (socket) => {
//!   let request = '';
//!   socket.on('data', (chunk) => { request += chunk; });
//!   socket.on('end', () => socket.end(`${request.length} bytes`));
//!   server.close();
//! });
//! server.listen(0, '127.0.0.1', () => {
//!   const client = net.connect(server.address().port, '127.0.0.1');
//!   client.end('x'.repeat(1e6));
//!   client.on('data', (chunk) => console.log(`${chunk}`));
//! });
//! ```
//!
//! ```text
//! cargo run --release --example half_open
//! ```

use std::{cell::Cell, rc::Rc};

use uvox::Error;
use uvox::env::Env;
use uvox::net::{self, ConnectOptions, ListenOptions, ReadyState, ServerOptions};

fn main() -> Result<(), Error> {
    let mut env = Env::new()?;
    // Without this, the server's socket would be ended as soon as the request is.
    let options = ServerOptions::new().allow_half_open(true);
    let server = net::create_server(&mut env, options, |cx, server, socket| {
        let request = Rc::new(Cell::new(0));
        let length = request.clone();
        socket.on_data(cx, move |_, _, chunk| {
            length.set(length.get() + chunk.len())
        });
        socket.on_end(cx, move |cx, socket| {
            assert_eq!(socket.ready_state(cx), ReadyState::WriteOnly);
            socket.end_with(cx, format!("{} bytes", request.get()));
        });
        server.close(cx);
    });
    let reply = Rc::new(Cell::new(false));
    let heard = reply.clone();
    server.listen_then(
        &mut env,
        ListenOptions::port(0).host("127.0.0.1"),
        move |cx, server| {
            let port = server.port(cx).unwrap();
            let client = net::connect(cx, ConnectOptions::port(port).host("127.0.0.1")).unwrap();
            client.end_with(cx, vec![b'x'; 1_000_000]);
            client.on_data(cx, move |cx, client, chunk| {
                assert_eq!(client.ready_state(cx), ReadyState::ReadOnly);
                assert_eq!(*chunk, "1000000 bytes");
                println!("the reply: {}", chunk.as_bytes().escape_ascii());
                heard.set(true);
            });
        },
    )?;
    env.run()?;
    assert!(reply.get());
    Ok(())
}
