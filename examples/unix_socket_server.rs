//! A server at a path, whose file is gone when it has closed. In Node:
//!
//! ```js
//! const server = net.createServer((socket) => {
//!   socket.end('who asks?\n');
//!   server.close();
//! });
//! server.listen(path, () => {
//!   net.connect(path).on('data', (chunk) => process.stdout.write(chunk));
//! });
//! ```
//!
//! ```text
//! cargo run --release --example unix_socket_server
//! ```

use std::{cell::Cell, process, rc::Rc};

use uvox::Error;
use uvox::env::Env;
use uvox::net::{self, Address, ConnectOptions, ListenOptions, ServerOptions};

fn main() -> Result<(), Error> {
    let path = std::env::temp_dir().join(format!("uvox-example-{}.sock", process::id()));
    let mut env = Env::new()?;
    let answered = Rc::new(Cell::new(false));

    let server = net::create_server(&mut env, ServerOptions::new(), |cx, server, socket| {
        socket.end_with(cx, "who asks?\n");
        socket.resume(cx);
        server.close(cx);
    });
    let (at, heard) = (path.clone(), answered.clone());
    server.listen_then(&mut env, ListenOptions::path(&path), move |cx, server| {
        assert_eq!(server.address(cx), Some(Address::Path(at.clone())));
        assert!(at.exists());
        let socket = net::connect(cx, ConnectOptions::path(&at)).unwrap();
        socket.on_data(cx, move |_, _, chunk| {
            assert_eq!(*chunk, "who asks?\n");
            println!("{} answers", at.display());
            heard.set(true);
        });
    })?;
    env.run()?;
    assert!(answered.get());
    assert!(!path.exists(), "the file goes with the server");
    Ok(())
}
