//! A handle is closed while it connects, or by the callback that says that it is connected.

use std::io::{Read, Write};
use std::net::TcpListener;

use uvox_loop::{Errno, Loop, Phase, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, hosts, nobody, scenario};

type Record = Seen<(&'static str, Result<(), Errno>)>;

#[test]
fn closed_while_connecting() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let server = TcpListener::bind((host, 0)).unwrap();
            let tcp = Tcp::new(&mut lp);
            let seen = Record::new();
            let (connected, written, closed) = (seen.clone(), seen.clone(), seen.clone());
            tcp.connect(
                &mut lp,
                server.local_addr().unwrap(),
                move |cx, tcp, result| {
                    assert_eq!(cx.phase(), Phase::Closing);
                    assert!(tcp.fd(cx).is_none());
                    connected.add(("connected", result));
                },
            )
            .unwrap();
            tcp.write(&mut lp, b"x", move |_, _, result| {
                written.add(("written", result.status));
            })
            .unwrap();
            lp.close(tcp, move |_| closed.add(("closed", Ok(()))))
                .unwrap();
            assert!(seen.is_empty(), "told from inside a call");
            assert!(!lp.run(RunMode::Default).unwrap());
            let cancelled = Err(Errno::ECANCELED);
            let expected = [
                ("connected", cancelled),
                ("written", cancelled),
                ("closed", Ok(())),
            ];
            assert_eq!(seen.all(), expected);
            close_and_end(lp, &[]);
        }
    });
}

#[test]
fn closed_in_the_callback() {
    scenario(|| {
        for host in hosts() {
            for refused in [false, true] {
                let mut lp = Loop::new().unwrap();
                let server = TcpListener::bind((host, 0)).unwrap();
                let address = if refused {
                    nobody(host)
                } else {
                    server.local_addr().unwrap()
                };
                let tcp = Tcp::new(&mut lp);
                let seen = Record::new();
                let record = seen.clone();
                tcp.connect(&mut lp, address, move |cx, tcp, result| {
                    record.add(("connected", result));
                    let closed = record.clone();
                    cx.close(tcp, move |_| closed.add(("closed", Ok(()))))
                        .unwrap();
                    assert_eq!(tcp.connect(cx, address, |_, _, _| ()), Err(Errno::EINVAL));
                })
                .unwrap();
                // What the peer sends and what is to be sent there comes too late.
                tcp.read_start(&mut lp, |_, _, _| panic!("it is closed"))
                    .unwrap();
                let record = seen.clone();
                tcp.write(&mut lp, b"x", move |_, _, result| {
                    record.add(("written", result.status));
                })
                .unwrap();
                if !refused {
                    let (mut peer, _) = server.accept().unwrap();
                    peer.write_all(b"hello").unwrap();
                    assert!(!lp.run(RunMode::Default).unwrap());
                    assert!(!matches!(peer.read(&mut [0]), Ok(1..)));
                } else {
                    assert!(!lp.run(RunMode::Default).unwrap());
                }
                let how = if refused {
                    Err(Errno::ECONNREFUSED)
                } else {
                    Ok(())
                };
                let expected = [
                    ("connected", how),
                    ("written", Err(Errno::ECANCELED)),
                    ("closed", Ok(())),
                ];
                assert_eq!(seen.all(), expected);
                close_and_end(lp, &[]);
            }
        }
    });
}
