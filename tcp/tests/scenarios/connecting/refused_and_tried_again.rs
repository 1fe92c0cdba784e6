//! Nobody listens: the callback is told, what was queued is cancelled, and the handle can try elsewhere.

use std::io::Read;
use std::net::TcpListener;

use uvox_loop::{Check, Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close, close_and_end, hosts, nobody, scenario};

#[test]
fn refused_then_accepted() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let server = TcpListener::bind((host, 0)).unwrap();
            let address = server.local_addr().unwrap();
            let tcp = Tcp::new(&mut lp);
            let seen = Seen::new();
            let (record, written) = (seen.clone(), seen.clone());
            // It is told before the check phase of the turn in which it is known.
            let check = Check::new(&mut lp);
            let turned = seen.clone();
            check
                .start(&mut lp, move |cx, check| {
                    if !turned.is_empty() {
                        turned.add(("check", Ok(())));
                        close(cx, check);
                    }
                })
                .unwrap();
            tcp.connect(&mut lp, nobody(host), move |cx, tcp, result| {
                assert!(!tcp.is_writable(cx) && !tcp.is_readable(cx));
                assert_eq!(tcp.getpeername(cx), Err(Errno::ENOTCONN));
                record.add(("refused", result));
            })
            .unwrap();
            tcp.write(&mut lp, b"lost", move |_, _, result| {
                written.add(("written", result.status));
            })
            .unwrap();
            assert!(seen.is_empty(), "told from inside a call");
            assert!(!lp.run(RunMode::Default).unwrap());
            let expected = [
                ("refused", Err(Errno::ECONNREFUSED)),
                ("written", Err(Errno::ECANCELED)),
                ("check", Ok(())),
            ];
            assert_eq!(seen.take(), expected);

            let record = seen.clone();
            tcp.connect(&mut lp, address, move |cx, tcp, result| {
                record.add(("connected", result));
                tcp.write(cx, b"found", |_, _, result| result.status.unwrap())
                    .unwrap();
                tcp.shutdown(cx, |_, _, result| result.unwrap()).unwrap();
            })
            .unwrap();
            assert!(!lp.run(RunMode::Default).unwrap());
            assert_eq!(seen.all(), [("connected", Ok(()))]);
            let mut got = Vec::new();
            server.accept().unwrap().0.read_to_end(&mut got).unwrap();
            assert_eq!(got, b"found");
            close_and_end(lp, &[tcp]);
        }
    });
}
