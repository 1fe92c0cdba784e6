//! A block list: who is on it is closed at once, and neither 'connection' nor 'drop' tells.

use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpStream};

use uvox::net::{BlockList, ListenOptions, Server, ServerOptions};

use super::common::{program, scenario};

/// `::` has peers of IPv4, whose addresses come as those of IPv6.
#[test]
fn an_address_of_ipv4_however_it_comes() {
    scenario(|| {
        let said = program(|cx, log| {
            let mut list = BlockList::new();
            list.add_address(IpAddr::V4(Ipv4Addr::LOCALHOST));
            let server = Server::new(cx, ServerOptions::new().block_list(list));
            log.watch(cx, server);
            server.listen(cx, ListenOptions::port(0)).unwrap();
            let port = server.port(cx).unwrap();
            let mut blocked = Some(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap());
            let mut other = Some(TcpStream::connect((Ipv6Addr::LOCALHOST, port)).unwrap());
            server.on_connection(cx, move |cx, server, socket| {
                assert_eq!(socket.remote_address(cx).as_deref(), Some("::1"));
                let end = blocked.take().unwrap().read(&mut [0]);
                assert!(matches!(end, Ok(0)), "it was closed: {end:?}");
                assert_eq!(server.connections(cx), 1);
                other.take();
                socket.destroy(cx);
                server.close(cx);
            });
        });
        assert_eq!(said, ["listening", "connection", "close"]);
    });
}

/// Of a path nobody has an address.
#[test]
fn of_a_path_nobody_is_on_it() {
    scenario(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("server");
        let said = program(|cx, log| {
            let mut list = BlockList::new();
            list.add_subnet(Ipv4Addr::UNSPECIFIED.into(), 0).unwrap();
            list.add_subnet(Ipv6Addr::UNSPECIFIED.into(), 0).unwrap();
            let server = Server::new(cx, ServerOptions::new().block_list(list));
            log.watch(cx, server);
            server.listen(cx, ListenOptions::path(&path)).unwrap();
            let peer = std::os::unix::net::UnixStream::connect(&path).unwrap();
            server.on_connection(cx, move |cx, server, socket| {
                let _ = &peer;
                socket.destroy(cx);
                server.close(cx);
            });
        });
        assert_eq!(said, ["listening", "connection", "close"]);
    });
}
