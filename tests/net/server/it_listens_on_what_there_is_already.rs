//! A descriptor that is bound, or a wrap, of TCP or of a path: a server takes it over.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixListener;
use std::path::PathBuf;

use uvox::event_loop::Ctx;
use uvox::net::{self, Address, ConnectOptions, ListenOptions, Server};
use uvox::pipe::node::{PipeWrap, SocketType as PipeType};
use uvox::stream::node::HandleWrap;
use uvox::tcp::node::{SocketType as TcpType, TcpWrap};

use super::common::{Log, as_node, program, scenario, server, turns_later};

/// It listens there, a client comes, and that is that.
fn take_over(cx: &mut Ctx, log: &Log, options: ListenOptions) {
    let server = server(cx);
    log.watch(cx, server);
    server.listen(cx, options).unwrap();
    server.on_connection(cx, |cx, server, socket| {
        socket.destroy(cx);
        server.close(cx);
    });
    server.on_listening(cx, |cx, server| {
        let options = match server.address(cx).unwrap() {
            Address::Ip(info) => ConnectOptions::port(info.port).host("127.0.0.1"),
            Address::Path(path) => ConnectOptions::path(path),
        };
        net::connect(cx, options).unwrap().resume(cx);
    });
}

const TAKEN: [&str; 3] = ["listening", "connection", "close"];

#[test]
fn a_descriptor() {
    let directory = tempfile::tempdir().unwrap();
    scenario(|| {
        let path = directory.path().join("server");
        let tcp: OwnedFd = TcpListener::bind("127.0.0.1:0").unwrap().into();
        let unix: OwnedFd = UnixListener::bind(&path).unwrap().into();
        for fd in [tcp, unix] {
            let said = program(|cx, log| take_over(cx, &log, ListenOptions::fd(fd)));
            assert_eq!(said, TAKEN);
        }
        assert!(path.exists(), "who bound to it may remove it");
    });
}

#[test]
fn a_wrap() {
    let directory = tempfile::tempdir().unwrap();
    scenario(|| {
        let said = program(|cx, log| {
            let wrap = TcpWrap::new(cx, TcpType::Server);
            wrap.bind(cx, "127.0.0.1", 0).unwrap();
            take_over(cx, &log, ListenOptions::handle(wrap));
        });
        assert_eq!(said, TAKEN);
        let path = directory.path().join("server");
        let said = program(|cx, log| {
            let wrap = PipeWrap::new(cx, PipeType::Server);
            wrap.bind(cx, &path).unwrap();
            take_over(cx, &log, ListenOptions::handle(wrap));
        });
        assert_eq!(said, TAKEN);
        assert!(!path.exists(), "the wrap bound to it, and has removed it");
    });
}

/// What cannot listen is closed, and 'error' tells; of what is gone, too.
#[test]
fn a_wrap_that_cannot_listen() {
    let code = "
        const { TCP, constants } = process.binding('tcp_wrap');
        const used = net.createServer().listen(0, '127.0.0.1', () => {
          const wrap = new TCP(constants.SERVER);
          wrap.bind('127.0.0.1', used.address().port);
          const server = watch(net.createServer());
          server.on('error', () => used.close());
          server.listen(wrap);
        });
    ";
    let in_use = "error EADDRINUSE|listen EADDRINUSE: address already in use|listen|-|-";
    as_node(&[in_use], code, |cx, log| {
        let used = server(cx);
        let listening = move |cx: &mut Ctx, used: Server| {
            let wrap = TcpWrap::new(cx, TcpType::Server);
            let port = used.port(cx).unwrap();
            wrap.bind(cx, "127.0.0.1", port).unwrap();
            let server = server(cx);
            log.watch(cx, server);
            server.on_error(cx, move |cx, _, _| used.close(cx));
            server.listen(cx, ListenOptions::handle(wrap)).unwrap();
        };
        used.listen_then(cx, super::common::loopback(), listening)
            .unwrap();
    });
    scenario(|| {
        let said = program(|cx, log| {
            let wrap = TcpWrap::new(cx, TcpType::Server);
            wrap.close(cx, |_| ());
            let one = server(cx);
            log.watch(cx, one);
            one.listen(cx, ListenOptions::handle(wrap)).unwrap();
            turns_later(cx, move |cx| {
                let two = server(cx);
                log.watch(cx, two);
                two.listen(cx, ListenOptions::handle(wrap)).unwrap();
            });
        });
        let lines = [
            "error EINVAL|listen EINVAL: invalid argument|listen|-|-",
            "error EBADF|listen EBADF: bad file descriptor|listen|-|-",
        ];
        assert_eq!(said, lines);
    });
}

/// A path it has bound to itself is removed when it is closed, and an abstract name needs no removing. The name is known as long as it listens.
#[test]
fn a_path_of_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("server");
    let name = format!("\0uvox/server/{}", std::process::id());
    for (path, is_file) in [(path, true), (PathBuf::from(&name), false)] {
        let text = path.to_str().unwrap();
        if !is_file && !cfg!(target_os = "linux") {
            continue;
        }
        let code = format!(
            "const server = watch(net.createServer()).listen({text:?}, () => {{
              say(server.address() === {text:?});
              say(require('fs').existsSync({text:?}));
              server.close();
            }});"
        )
        .replace("\\0", "\\x00");
        // Node does not look at names with a zero byte.
        let lines = [
            "listening",
            "true",
            if is_file { "true" } else { "false" },
            "close",
        ];
        as_node(&lines, &code, |cx, log| {
            let server = server(cx);
            log.watch(cx, server);
            let own = path.clone();
            let listening = move |cx: &mut Ctx, server: Server| {
                log.say(server.address(cx) == Some(Address::Path(own.clone())));
                log.say(own.exists());
                assert_eq!(server.port(cx), None);
                server.close(cx);
                assert_eq!(server.address(cx), None);
            };
            server
                .listen_then(cx, ListenOptions::path(&path), listening)
                .unwrap();
        });
        assert!(!path.exists());
    }
}
