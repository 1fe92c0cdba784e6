//! Unix-domain sockets: their events and errors.

use std::os::unix::net::UnixListener;

use uvox::net::{self, ConnectOptions};

use super::common::{as_node_does_with, read, scenario, watch};

#[test]
fn a_path_is_there_or_not() {
    scenario(|| {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().to_str().unwrap();
        // One that nobody listens at any more.
        drop(UnixListener::bind(format!("{dir}/stale")).unwrap());
        std::fs::write(format!("{dir}/file"), "").unwrap();
        as_node_does_with(
            &[("DIR", format!("{dir:?}"))],
            r"
        const path = (name) => `${DIR}/${name}`;
        watch('none', net.connect(path('none')));
        watch('stale', net.connect({ path: path('stale') }));
        watch('file', net.connect({ path: path('file') }));
        watch('beneath', net.connect({ path: path('file/beneath') }));
        ",
            |cx, log| {
                for name in ["none", "stale", "file", "file/beneath"] {
                    let path = format!("{}/{name}", log.value("DIR"));
                    let socket = net::connect(cx, ConnectOptions::path(path)).unwrap();
                    watch(cx, log, name.rsplit('/').next().unwrap(), socket);
                }
            },
            &[
                "none attemptFailed DIR/none ENOENT: connect ENOENT DIR/none",
                "none error ENOENT: connect ENOENT DIR/none",
                "stale attemptFailed DIR/stale ECONNREFUSED: connect ECONNREFUSED DIR/stale",
                "stale error ECONNREFUSED: connect ECONNREFUSED DIR/stale",
                "file attemptFailed DIR/file ECONNREFUSED: connect ECONNREFUSED DIR/file",
                "file error ECONNREFUSED: connect ECONNREFUSED DIR/file",
                "beneath attemptFailed DIR/file/beneath ENOTDIR: connect ENOTDIR DIR/file/beneath",
                "beneath error ENOTDIR: connect ENOTDIR DIR/file/beneath",
                "beneath close true",
                "file close true",
                "stale close true",
                "none close true",
            ],
        );
    });
}

#[test]
fn a_connection_over_a_path() {
    scenario(|| {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().to_str().unwrap();
        as_node_does_with(
            &[("DIR", format!("{dir:?}"))],
            r"
        const server = net.createServer((socket) => {
          server.close();
          read('server', watch('server', socket));
          say('addresses', JSON.stringify(socket.address()), socket.localAddress, socket.remoteAddress, socket.remotePort);
        });
        server.listen(DIR + '/node', () => {
          const socket = watch('client', net.connect(DIR + '/node'));
          socket.on('connect', () => {
            socket.setNoDelay(true);
            socket.setKeepAlive(true, 1000);
            say('addresses', JSON.stringify(socket.address()), socket.localAddress, socket.remoteAddress, socket.remotePort);
          });
          socket.end('over the path');
        });
        ",
            |cx, log| {
                let path = format!("{}/ours", log.value("DIR"));
                let addresses = |log: &super::common::Log,
                                 cx: &mut uvox::event_loop::Ctx,
                                 socket: net::Socket| {
                    assert_eq!((socket.address(cx), socket.remote(cx)), (None, None));
                    assert_eq!(
                        (socket.local_address(cx), socket.remote_port(cx)),
                        (None, None)
                    );
                    log.say("addresses {}");
                };
                let (ours, theirs) = (log.clone(), log.clone());
                let server =
                    net::create_server(cx, Default::default(), move |cx, server, socket| {
                        server.close(cx);
                        watch(cx, &theirs, "server", socket);
                        read(cx, &theirs, "server", socket);
                        addresses(&theirs, cx, socket);
                    });
                server.on_listening(cx, {
                    let path = path.clone();
                    move |cx, _| {
                        let socket = net::connect(cx, ConnectOptions::path(&path)).unwrap();
                        watch(cx, &ours, "client", socket);
                        let log = ours.clone();
                        socket.on_connect(cx, move |cx, socket| {
                            socket.set_no_delay(cx, true);
                            socket.set_keep_alive(cx, true, std::time::Duration::from_secs(1));
                            addresses(&log, cx, socket);
                        });
                        socket.end_with(cx, "over the path");
                    }
                });
                server.listen(cx, net::ListenOptions::path(path)).unwrap();
            },
            &[
                "addresses {}",
                "client connect",
                "addresses {}",
                "client ready",
                "client finish",
                "server data over the path",
                "server end",
                "server finish",
                "server close false",
                "client end",
                "client close false",
            ],
        );
    });
}

#[test]
fn a_name_that_is_no_text() {
    scenario(|| {
        use std::os::unix::ffi::OsStrExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(std::ffi::OsStr::from_bytes(b"\xff\xfe"));
        let listener = UnixListener::bind(&path).unwrap();
        let said = super::common::program(&[], |cx, log| {
            let socket = net::connect(cx, ConnectOptions::path(&path)).unwrap();
            watch(cx, log, "client", socket);
            socket.on_connect(cx, |cx, socket| socket.destroy(cx));
        });
        drop(listener);
        assert_eq!(
            said,
            ["client connect", "client ready", "client close false"]
        );
    });
}
