//! 64 MiB to a server at a path and back, through partial writes in both directions, in order.

use std::cell::RefCell;
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

use bytes::Bytes;
use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_pipe::uv::Pipe;
use uvox_stream::uv::{Stream, Written};

use crate::common::{close, end, free_path, scenario};

const PIECE: usize = 1 << 20;
const PIECES: usize = 64;

fn piece(number: usize) -> Bytes {
    (0..PIECE).map(|i| (i * 31 + number) as u8).collect()
}

fn echo(cx: &mut Ctx, peer: Stream, got: Result<&[u8], Errno>) {
    let closing = |cx: &mut Ctx, peer: Stream, _| cx.close(peer, |_| ()).unwrap();
    match got {
        Ok(bytes) => {
            peer.write(cx, bytes, |_, _, written| {
                assert_eq!(written.status, Ok(()))
            })
            .unwrap();
        }
        Err(Errno::EOF) => peer.shutdown(cx, closing).unwrap(),
        Err(errno) => panic!("{errno}"),
    }
}

#[test]
fn an_echo_of_64_mib() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let server = Pipe::new(&mut lp);
        server.bind(&mut lp, &path).unwrap();
        server
            .listen(&mut lp, 8, |cx, server, connection| {
                let peer = Pipe::accept(cx, connection.unwrap()).unwrap();
                peer.read_start(cx, echo).unwrap();
                close(cx, server);
            })
            .unwrap();
        let client = Pipe::new(&mut lp);
        client
            .connect(&mut lp, &path, |_, _, result| assert_eq!(result, Ok(())))
            .unwrap();
        let mut expected = DefaultHasher::new();
        for number in 0..PIECES {
            let piece = piece(number);
            piece.iter().for_each(|byte| expected.write_u8(*byte));
            let done = |_: &mut Ctx, _, written: Written| {
                assert_eq!((written.status, written.bytes), (Ok(()), PIECE));
            };
            client.write_bytes(&mut lp, [piece], done).unwrap();
        }
        client
            .shutdown(&mut lp, |_, _, result| assert_eq!(result, Ok(())))
            .unwrap();
        let got = Rc::new(RefCell::new((DefaultHasher::new(), 0)));
        let all = got.clone();
        client
            .read_start(&mut lp, move |cx, client, bytes| match bytes {
                Ok(bytes) => {
                    let (hasher, count) = &mut *all.borrow_mut();
                    bytes.iter().for_each(|byte| hasher.write_u8(*byte));
                    *count += bytes.len();
                }
                Err(errno) => {
                    assert_eq!(errno, Errno::EOF);
                    close(cx, client);
                }
            })
            .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        let (hasher, count) = &*got.borrow();
        assert_eq!(*count, PIECES * PIECE);
        assert_eq!(hasher.finish(), expected.finish());
        end(lp);
    });
}
