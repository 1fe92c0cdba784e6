//! What is written may be lent: what does not go out at once is copied, and arrives as it was.

use std::cell::RefCell;
use std::rc::Rc;

use uvox::env::{self, Env};
use uvox::event_loop::Ctx;
use uvox::net::{self, ConnectOptions, ListenOptions, ServerOptions, Socket};
use uvox::streams::{Chunk, Piece};

use super::common::scenario;

/// More than the kernel takes at once of a peer that does not read.
const LEN: usize = 8 << 20;

fn bytes() -> Vec<u8> {
    (0..LEN).map(|at| (at / 7 + at % 7) as u8).collect()
}

/// Writes by `write`, to a peer that does not read until that has returned, and says what the peer got.
fn sent(write: impl Fn(&mut Ctx, Socket) -> bool + 'static) -> Vec<u8> {
    let mut env = Env::new().unwrap();
    let got = Rc::new(RefCell::new(Vec::new()));
    let all = got.clone();
    env::enter(&mut env, |cx| {
        let server = net::create_server(cx, ServerOptions::new(), move |cx, server, socket| {
            server.close(cx);
            assert!(!write(cx, socket), "it is more than enough");
            // Behind one that waits it waits, too.
            assert!(!socket.write(cx, "and then"));
            socket.end(cx);
        });
        let at = ListenOptions::port(0).host("127.0.0.1");
        let connect = move |cx: &mut Ctx, server: net::Server| {
            let to = ConnectOptions::port(server.port(cx).unwrap()).host("127.0.0.1");
            let client = net::connect(cx, to).unwrap();
            client.on_data(cx, move |_, _, chunk| {
                all.borrow_mut().extend_from_slice(chunk.as_bytes());
            });
        };
        server.listen_then(cx, at, connect).unwrap();
    });
    env.run().unwrap();
    let mut got = got.take();
    let rest = got.split_off(got.len().saturating_sub("and then".len()));
    assert_eq!(rest, b"and then");
    got
}

#[test]
fn bytes_and_a_chunk() {
    scenario(|| {
        let all = bytes();
        let lent = all.clone();
        assert!(sent(move |cx, socket| socket.write(cx, &lent[..])) == all);
        let chunk = Chunk::from(all.clone());
        assert!(sent(move |cx, socket| socket.write(cx, &chunk)) == all);
        let piece = all.clone();
        assert!(sent(move |cx, socket| socket.write(cx, Piece::from(&piece[..]))) == all);
    });
}

#[test]
fn a_text() {
    scenario(|| {
        let text = "☃é!".repeat(LEN / 3);
        let lent = text.clone();
        assert!(sent(move |cx, socket| socket.write(cx, &*lent)) == text.as_bytes());
    });
}

#[test]
fn small_pieces_many_of_them() {
    scenario(|| {
        let all = bytes();
        let lent = all.clone();
        let write = move |cx: &mut Ctx, socket: Socket| {
            let mut room = true;
            for piece in lent.chunks(1000) {
                room = socket.write(cx, piece);
            }
            room
        };
        assert!(sent(write) == all);
    });
}
