//! An echo server by wraps only: what clients send comes back whole and in order, however it is cut; each is told who it is connected with.

use std::io::IoSlice;

use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_stream::node::HandleWrap;
use uvox_tcp::node::{Family, TcpWrap};

use super::support::{LOCALHOST, client, server};
use crate::common::{Seen, end, scenario};

const CLIENTS: usize = 100;
const MESSAGES: usize = 50;

/// Sends back what comes, and the end behind it.
fn serve(cx: &mut Ctx, peer: TcpWrap) {
    peer.set_no_delay(cx, true).unwrap();
    peer.set_on_read(cx, move |cx, base, data| match data {
        Ok(bytes) => {
            let written = base.write(cx, &[IoSlice::new(bytes)], |_, _, _| ());
            assert_eq!(written.err, None);
        }
        Err(errno) => {
            assert_eq!(errno, Errno::EOF);
            base.shutdown(cx, move |cx, _, status| {
                assert_eq!(status, Ok(()));
                peer.close(cx, |_| ());
            })
            .unwrap();
        }
    });
    peer.read_start(cx).unwrap();
}

#[test]
fn echo() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let served = Seen::new();
        let count = served.clone();
        let (_, port) = server(&mut lp, move |cx, server, peer| {
            count.add(());
            serve(cx, peer);
            if count.len() == CLIENTS {
                server.close(cx, |_| ());
            }
        });
        let echoed = Seen::new();
        for number in 0..CLIENTS {
            let told = echoed.clone();
            client(&mut lp, port, move |cx, client| {
                let peer = client.getpeername(cx).unwrap();
                let known = (&*peer.address, peer.family, peer.port);
                assert_eq!(known, (LOCALHOST, Family::Ipv4, port));
                let message = move |i: usize| format!("message {i} of {number}\n");
                let (mut got, mut next) = (Vec::new(), 0);
                client.set_on_read(cx, move |cx, _, data| match data {
                    Ok(bytes) => {
                        got.extend_from_slice(bytes);
                        if got.len() < message(next).len() {
                            return;
                        }
                        assert_eq!(got, message(next).as_bytes());
                        got.clear();
                        next += 1;
                        if next < MESSAGES {
                            send(cx, client, &message(next));
                        } else {
                            client.shutdown(cx, |_, _, _| ()).unwrap();
                        }
                    }
                    Err(errno) => {
                        assert_eq!((errno, next), (Errno::EOF, MESSAGES));
                        told.add(number);
                        client.close(cx, |_| ());
                    }
                });
                client.read_start(cx).unwrap();
                send(cx, client, &message(0));
            });
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!((served.len(), echoed.len()), (CLIENTS, CLIENTS));
        end(lp);
    });
}

fn send(cx: &mut Ctx, client: TcpWrap, text: &str) {
    let written = client.write(cx, &[IoSlice::new(text.as_bytes())], |_, _, _| ());
    assert_eq!((written.err, written.is_async), (None, false));
}
