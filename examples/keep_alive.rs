//! A connection that nobody uses for a while: the kernel asks the peer if it is still there, and the program is told that nothing happens. In Node:
//!
//! ```js
//! const server = net.createServer({ keepAlive: true, keepAliveInitialDelay: 30000 }, (socket) => {
//!   socket.setTimeout(50, () => socket.end('you are silent'));
//!   server.close();
//! });
//! server.listen(0, '127.0.0.1', () => {
//!   const client = net.connect(server.address().port, '127.0.0.1');
//!   client.setKeepAlive(true, 60000);
//!   client.on('data', (chunk) => console.log(`${chunk}`));
//! });
//! ```
//!
//! ```text
//! cargo run --release --example keep_alive
//! ```

use std::time::{Duration, Instant};
use std::{cell::Cell, rc::Rc};

use uvox::Error;
use uvox::env::Env;
use uvox::net::{self, ConnectOptions, ListenOptions, ServerOptions};

const IDLE: Duration = Duration::from_millis(50);

fn main() -> Result<(), Error> {
    let mut env = Env::new()?;
    // What the kernel asks a peer that is silent for half a minute, the program never sees, unless there is no answer: that is ETIMEDOUT.
    let options = ServerOptions::new().keep_alive(true, Duration::from_secs(30));
    let server = net::create_server(&mut env, options, |cx, server, socket| {
        // This is another thing: that nothing was sent or received is told, and what it means is for the program to say.
        socket.set_timeout(cx, IDLE);
        socket.on_timeout(cx, |cx, socket| socket.end_with(cx, "you are silent"));
        socket.resume(cx);
        server.close(cx);
    });
    let told = Rc::new(Cell::new(false));
    let heard = told.clone();
    server.listen_then(
        &mut env,
        ListenOptions::port(0).host("127.0.0.1"),
        move |cx, server| {
            let port = server.port(cx).unwrap();
            let client = net::connect(cx, ConnectOptions::port(port).host("127.0.0.1")).unwrap();
            // Beyond Node: how often it is asked, and how many times, before it is given up.
            let (first, again) = (Duration::from_secs(60), Duration::from_secs(5));
            client.set_keep_alive_probes(cx, first, again, 3);
            let began = Instant::now();
            client.on_data(cx, move |_, _, chunk| {
                assert_eq!(*chunk, "you are silent");
                assert!(began.elapsed() >= IDLE);
                println!(
                    "{} after {:?}",
                    chunk.as_bytes().escape_ascii(),
                    began.elapsed()
                );
                heard.set(true);
            });
        },
    )?;
    env.run()?;
    assert!(told.get());
    Ok(())
}
