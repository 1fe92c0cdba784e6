//! A client that says something to an echo server, which is a thread here, hears it, and goes. In Node:
//!
//! ```js
//! const socket = net.connect(port, '127.0.0.1', () => socket.write('hello'));
//! socket.setEncoding('utf8');
//! socket.on('data', (text) => { console.log('heard', text); socket.end(); });
//! socket.on('close', () => console.log('closed'));
//! ```
//!
//! ```text
//! cargo run --release --example echo_client
//! ```

use std::io;
use std::net::TcpListener;
use std::{cell::RefCell, rc::Rc, thread};

use uvox::Error;
use uvox::env::Env;
use uvox::net::{ConnectOptions, Socket, SocketOptions};
use uvox::streams::Encoding;

fn main() -> Result<(), Error> {
    let port = echo_server();
    let mut env = Env::new()?;
    let heard = Rc::new(RefCell::new(String::new()));

    let socket = Socket::new(&mut env, SocketOptions::new())?;
    let target = ConnectOptions::port(port).host("127.0.0.1");
    socket.connect_then(&mut env, target, |cx, socket| {
        println!("connected to {}", socket.remote_port(cx).unwrap());
        socket.write(cx, "hello");
    })?;
    socket.set_encoding(&mut env, Encoding::Utf8);
    let all = heard.clone();
    socket.on_data(&mut env, move |cx, socket, chunk| {
        all.borrow_mut().push_str(chunk.as_text().unwrap());
        println!("heard {:?}", all.borrow());
        // It may come in pieces, as everything on TCP.
        if *all.borrow() == "hello" {
            socket.end(cx);
        }
    });
    socket.on_close(&mut env, |cx, socket, had_error| {
        assert!(!had_error);
        println!(
            "closed: {} bytes read, {} written",
            socket.bytes_read(cx),
            socket.bytes_written(cx)
        );
    });
    env.run()?;
    assert_eq!(*heard.borrow(), "hello");
    Ok(())
}

/// The other side, without uvox: one connection, and over.
fn echo_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let (socket, _) = listener.accept().unwrap();
        io::copy(&mut &socket, &mut &socket).unwrap();
    });
    port
}
