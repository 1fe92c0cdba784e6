//! What was read is lent to a write: what does not go out at once is copied, and arrives whole and in order.

use std::io::Read;
use std::net::TcpStream;
use std::thread;

use socket2::SockRef;
use uvox::event_loop::Ctx;
use uvox::net::{Socket, SocketOptions};
use uvox::streams::Encoding;
use uvox_testing::tcp_pair;

use super::common::{Seen, program, scenario};

const LEN: usize = 2 << 20;

/// So little the kernel keeps of what is written and does not fit into the peer's buffer.
const LITTLE: usize = 16 * 1024;

/// Text of which each piece says where it belongs.
fn text() -> String {
    let pieces = (0..).map(|at| format!("{at} ☃, "));
    let mut all = String::new();
    all.extend(pieces.take_while({
        let mut len = 0;
        move |piece: &String| {
            len += piece.len();
            len < LEN
        }
    }));
    all
}

/// A socket that the kernel keeps little for, and its peer.
fn narrow() -> (TcpStream, TcpStream) {
    let (own, peer) = tcp_pair();
    SockRef::from(&own).set_send_buffer_size(LITTLE).unwrap();
    (own, peer)
}

fn socket(cx: &mut Ctx, fd: TcpStream) -> Socket {
    let options = SocketOptions::new().allow_half_open(true).fd(fd);
    Socket::new(cx, options).unwrap()
}

/// What arrives at a peer that begins to read when somebody says so, until the end.
fn reader(mut peer: TcpStream) -> (thread::Thread, thread::JoinHandle<String>) {
    let reader = thread::spawn(move || {
        thread::park();
        let mut got = String::new();
        peer.read_to_string(&mut got).unwrap();
        got
    });
    (reader.thread().clone(), reader)
}

/// What flows to a socket that takes little at a time arrives there, though its peer begins to read only when it is too much. `flow` has it flow from the first
/// socket to the second, and says when that has happened.
fn arrives(flow: impl FnOnce(&mut Ctx, Socket, Socket, Box<dyn Fn()>)) {
    let all = text();
    let (own, peer) = narrow();
    let (reads, reader) = reader(peer);
    let sent = all.clone();
    program(&[], move |cx, _| {
        let (from, source) = tcp_pair();
        let (from, source) = (socket(cx, from), socket(cx, source));
        let target = socket(cx, own);
        from.end_with(cx, sent);
        from.resume(cx);
        target.resume(cx);
        flow(cx, source, target, Box::new(move || reads.unpark()));
        source.on_end(cx, |cx, source| source.end(cx));
    });
    assert!(reader.join().unwrap() == all);
}

#[test]
fn a_write_that_goes_out_in_part() {
    scenario(|| {
        let said = Seen::new();
        let note = said.clone();
        arrives(move |cx, source, target, too_much| {
            source.on_data(cx, move |cx, _, data| {
                let room = target.write(cx, data);
                note.add(room);
                if !room {
                    too_much();
                }
            });
            source.on_end(cx, move |cx, _| target.end(cx));
        });
        assert!(said.all().contains(&false));
    });
}

#[test]
fn a_text_that_goes_out_in_part() {
    scenario(|| {
        let said = Seen::new();
        let note = said.clone();
        arrives(move |cx, source, target, too_much| {
            source.set_encoding(cx, Encoding::Utf8);
            source.on_data(cx, move |cx, _, data| {
                assert!(data.as_text().is_some());
                let room = target.write(cx, data);
                note.add(room);
                if !room {
                    too_much();
                }
            });
            source.on_end(cx, move |cx, _| target.end(cx));
        });
        assert!(said.all().contains(&false));
    });
}

#[test]
fn corked_and_with_a_callback() {
    scenario(|| {
        arrives(move |cx, source, target, too_much| {
            let mut times = 0;
            source.on_data(cx, move |cx, _, data| {
                times += 1;
                target.cork(cx);
                // Both have to wait, each in its way.
                let (one, other) = data.as_bytes().split_at(data.len() / 2);
                target.write_then(cx, one, |_, result| result.unwrap());
                target.write(cx, other);
                if times % 2 == 0 {
                    target.uncork(cx);
                    target.uncork(cx);
                    too_much();
                }
            });
            source.on_end(cx, move |cx, _| target.end(cx));
        });
    });
}

#[test]
fn a_pipe_that_is_held_up() {
    scenario(|| {
        let pauses = Seen::new();
        let note = pauses.clone();
        arrives(move |cx, source, target, too_much| {
            source.on_pause(cx, move |_, _| {
                note.add(());
                too_much();
            });
            source.pipe(cx, target.duplex());
        });
        assert!(!pauses.is_empty());
    });
}

#[test]
fn a_pipe_beside_a_listener_that_keeps() {
    scenario(|| {
        let kept = Seen::new();
        let note = kept.clone();
        arrives(move |cx, source, target, too_much| {
            source.on_pause(cx, move |_, _| too_much());
            source.pipe(cx, target.duplex());
            source.on_data(cx, move |_, _, data| note.add(data.to_bytes()));
        });
        assert!(kept.all().concat() == text().as_bytes());
    });
}
