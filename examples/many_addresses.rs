//! Several servers on one port, each at an address of its own: the whole of 127.0.0.0/8 is this machine. In Node:
//!
//! ```js
//! for (const host of ['127.0.0.1', '127.0.0.2', '127.1.2.3']) {
//!   net.createServer((socket) => socket.end(`this is ${socket.localAddress}`)).listen(port, host);
//! }
//! ```
//!
//! ```text
//! cargo run --release --example many_addresses
//! ```

use std::{cell::RefCell, rc::Rc};

use uvox::Error;
use uvox::env::Env;
use uvox::event_loop::Ctx;
use uvox::net::{self, ConnectOptions, ListenOptions, Server, ServerOptions};

/// Elsewhere than on Linux only the first is there from the beginning.
const HOSTS: &[&str] = if cfg!(target_os = "linux") {
    &["127.0.0.1", "127.0.0.2", "127.1.2.3"]
} else {
    &["127.0.0.1"]
};

fn main() -> Result<(), Error> {
    let mut env = Env::new()?;
    let heard = Rc::new(RefCell::new(Vec::new()));
    let record = heard.clone();
    // The first one gets a port, and the others take the same.
    let first = serve(&mut env);
    first.listen_then(
        &mut env,
        ListenOptions::port(0).host(HOSTS[0]),
        move |cx, server| {
            let port = server.port(cx).unwrap();
            println!("port {port}");
            ask(cx, HOSTS[0], port, &record);
            for host in &HOSTS[1..] {
                let record = record.clone();
                let here = ListenOptions::port(port).host(*host);
                let listening = move |cx: &mut Ctx, _| ask(cx, host, port, &record);
                serve(cx).listen_then(cx, here, listening).unwrap();
            }
        },
    )?;
    env.run()?;
    let mut heard = heard.take();
    heard.sort();
    assert_eq!(
        heard,
        HOSTS
            .iter()
            .map(|host| format!("this is {host}"))
            .collect::<Vec<_>>()
    );
    Ok(())
}

/// A server that says where it was found, once.
fn serve(cx: &mut Ctx) -> Server {
    net::create_server(cx, ServerOptions::new(), |cx, server, socket| {
        let here = socket.local_address(cx).unwrap();
        socket.end_with(cx, format!("this is {here}"));
        socket.resume(cx);
        server.close(cx);
    })
}

fn ask(cx: &mut Ctx, host: &str, port: u16, heard: &Rc<RefCell<Vec<String>>>) {
    let heard = heard.clone();
    let socket = net::connect(cx, ConnectOptions::port(port).host(host)).unwrap();
    socket.on_data(cx, move |_, _, chunk| {
        let said = chunk.as_bytes().escape_ascii().to_string();
        println!("{said}");
        heard.borrow_mut().push(said);
    });
}
