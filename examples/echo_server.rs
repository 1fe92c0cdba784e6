//! An echo server, and two clients in threads that check it. In Node:
//!
//! ```js
//! const server = net.createServer((socket) => {
//!   socket.on('data', (chunk) => socket.write(chunk));
//!   socket.on('close', () => { if (--clients === 0) server.close(); });
//! });
//! server.listen(0, '127.0.0.1', () => console.log('on port', server.address().port));
//! ```
//!
//! ```text
//! cargo run --release --example echo_server
//! ```

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::{cell::RefCell, rc::Rc};

use uvox::Error;
use uvox::env::Env;
use uvox::net::{self, ListenOptions, ServerOptions};

fn main() -> Result<(), Error> {
    let mut env = Env::new()?;
    let mut clients = 2;
    let server = net::create_server(&mut env, ServerOptions::new(), move |cx, server, socket| {
        socket.on_data(cx, |cx, socket, data| {
            socket.write(cx, data);
        });
        clients -= 1;
        if clients == 0 {
            // Nobody else is let in; those who are here go on.
            server.close(cx);
        }
    });
    let threads = Rc::new(RefCell::new(Vec::new()));
    let started = threads.clone();
    server.on_listening(&mut env, move |cx, server| {
        let port = server.port(cx).unwrap();
        println!("on port {port}");
        let start = |name| thread::spawn(move || client(port, name));
        started.borrow_mut().extend(["one", "two"].map(start));
    });
    server.on_close(&mut env, |_, _| println!("the last one has gone"));
    server.listen(&mut env, ListenOptions::port(0).host("127.0.0.1"))?;
    env.run()?;
    for thread in threads.take() {
        thread.join().unwrap();
    }
    Ok(())
}

fn client(port: u16, name: &str) {
    let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let sent = format!("this is {name}");
    socket.write_all(sent.as_bytes()).unwrap();
    socket.shutdown(Shutdown::Write).unwrap();
    let mut echo = String::new();
    socket.read_to_string(&mut echo).unwrap();
    assert_eq!(echo, sent);
    println!("{echo:?} came back");
}
