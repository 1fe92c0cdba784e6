//! A connection's descriptor is given away: to the standard library, to another loop, and back.

use std::io::{Read, Write};
use std::net::TcpStream;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, connected, hosts, listener, scenario, until};

/// Echoes one message through a peer of this loop.
fn echo_once(lp: &mut Loop, tcp: Tcp) {
    tcp.read_start(lp, |cx, tcp, data| {
        tcp.write(cx, data.unwrap(), |_, _, _| ()).unwrap();
        tcp.read_stop(cx).unwrap();
    })
    .unwrap();
}

#[test]
fn to_the_standard_library_and_back() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (ours, theirs) = connected(&mut lp, host);
            let address = ours.getsockname(&mut lp).unwrap();
            let mut given = TcpStream::from(ours.into_owned_fd(&mut lp).unwrap());
            assert_eq!(given.local_addr().unwrap(), address);
            assert_eq!(ours.getsockname(&mut lp), Err(Errno::EBADF));
            assert!(!lp.is_closing(ours) && !ours.is_writable(&lp));
            given.set_nonblocking(false).unwrap();
            given.write_all(b"by hand").unwrap();
            echo_once(&mut lp, theirs);
            assert!(!lp.run(RunMode::Default).unwrap());
            let mut got = [0; 7];
            given.read_exact(&mut got).unwrap();
            assert_eq!(&got, b"by hand");

            // The same handle takes it back.
            ours.open(&mut lp, given.into()).unwrap();
            let seen = Seen::new();
            let record = seen.clone();
            ours.read_start(&mut lp, move |_, _, data| {
                record.add(data.unwrap().to_vec());
            })
            .unwrap();
            ours.write(&mut lp, b"by loop", |_, _, _| ()).unwrap();
            echo_once(&mut lp, theirs);
            until(&mut lp, |_| !seen.is_empty());
            assert_eq!(seen.all(), [b"by loop".to_vec()]);
            close_and_end(lp, &[ours, theirs]);
        }
    });
}

/// One loop accepts, another serves.
#[test]
fn to_another_loop() {
    scenario(|| {
        for host in hosts() {
            for as_connection in [false, true] {
                let (mut accepting, mut serving) = (Loop::new().unwrap(), Loop::new().unwrap());
                let (server, address) = listener(&mut accepting, host, |_, _, _| ());
                let given = std::rc::Rc::new(std::cell::Cell::new(None));
                let place = given.clone();
                server
                    .listen(&mut accepting, 8, move |cx, server, connection| {
                        let connection = connection.unwrap();
                        place.set(Some(if as_connection {
                            connection.into()
                        } else {
                            let peer = Tcp::accept(cx, connection).unwrap();
                            let fd = peer.into_owned_fd(cx).unwrap();
                            cx.close(peer, |_| ()).unwrap();
                            fd
                        }));
                        cx.close(server, |_| ()).unwrap();
                    })
                    .unwrap();
                let mut peer = TcpStream::connect(address).unwrap();
                peer.write_all(b"to whom it may concern").unwrap();
                assert!(!accepting.run(RunMode::Default).unwrap());
                let served = Tcp::new(&mut serving);
                served.open(&mut serving, given.take().unwrap()).unwrap();
                echo_once(&mut serving, served);
                assert!(!serving.run(RunMode::Default).unwrap());
                let mut got = [0; 22];
                peer.read_exact(&mut got).unwrap();
                assert_eq!(&got, b"to whom it may concern");
                close_and_end(accepting, &[]);
                close_and_end(serving, &[served]);
            }
        }
    });
}

#[test]
fn not_while_something_is_pending() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (server, address) = listener(&mut lp, hosts()[0], |_, _, _| ());
        let tcp = Tcp::new(&mut lp);
        tcp.connect(&mut lp, address, |_, _, result| result.unwrap())
            .unwrap();
        let busy = Some(Errno::EBUSY);
        assert_eq!(tcp.into_owned_fd(&mut lp).err(), busy);
        until(&mut lp, |cx| !tcp.is_connecting(cx));
        tcp.write(&mut lp, b"x", |_, _, _| ()).unwrap();
        assert_eq!(tcp.into_owned_fd(&mut lp).err(), busy);
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(lp.requests(), 0);
        drop(tcp.into_owned_fd(&mut lp).unwrap());
        // A listener's, too.
        let fd = server.into_owned_fd(&mut lp).unwrap();
        assert!(!server.is_listening(&lp) && !lp.alive());
        let taken = std::net::TcpListener::from(fd);
        assert_eq!(taken.local_addr().unwrap(), address);
        close_and_end(lp, &[server, tcp]);
    });
}
