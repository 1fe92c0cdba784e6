//! An echo server by wraps only: each of many clients gets back what it sent.

use std::io::IoSlice;

use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_pipe::node::{PipeWrap, SocketType};
use uvox_stream::node::{ConnectionWrap, HandleWrap};

use super::player::make;
use crate::common::{Seen, end, free_path, scenario};

const CLIENTS: usize = 200;

fn serve(cx: &mut Ctx, peer: PipeWrap) {
    peer.set_on_read(cx, move |cx, base, data| match data {
        Ok(bytes) => {
            let written = base.write(cx, &[IoSlice::new(bytes)], |_, _, _| ());
            assert_eq!(written.err, None);
        }
        Err(errno) => {
            assert_eq!(errno, Errno::EOF);
            peer.close(cx, |_| ());
        }
    });
    peer.read_start(cx).unwrap();
}

#[test]
fn echo() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let server = PipeWrap::new(&mut lp, SocketType::Server);
        server.bind(&mut lp, &path).unwrap();
        let served = Seen::new();
        let count = served.clone();
        server.set_on_connection(&mut lp, move |cx, server, peer| {
            count.add(());
            serve(cx, peer.unwrap());
            if count.len() == CLIENTS {
                server.close(cx, |_| ());
            }
        });
        server.listen(&mut lp, 1024).unwrap();
        let echoed = Seen::new();
        for number in 0..CLIENTS {
            let (client, told, mut got) = (make(&mut lp), echoed.clone(), Vec::new());
            let text = format!("client {number}");
            let sent = text.clone();
            client.set_on_read(&mut lp, move |cx, _, data| match data {
                Ok(bytes) => got.extend_from_slice(bytes),
                Err(errno) => {
                    assert_eq!((errno, &got[..]), (Errno::EOF, text.as_bytes()));
                    told.add(number);
                    client.close(cx, |_| ());
                }
            });
            let begun = client.connect(&mut lp, &path, move |cx, connected| {
                assert_eq!(connected.status, Ok(()));
                let written = client.write(cx, &[IoSlice::new(sent.as_bytes())], |_, _, _| ());
                assert_eq!((written.err, written.is_async), (None, false));
                client.read_start(cx).unwrap();
                client
                    .shutdown(cx, |_, _, status| assert_eq!(status, Ok(())))
                    .unwrap();
            });
            begun.unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!((served.len(), echoed.len()), (CLIENTS, CLIENTS));
        end(lp);
    });
}
