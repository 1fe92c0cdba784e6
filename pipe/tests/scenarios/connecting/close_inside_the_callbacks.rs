//! A pipe closes itself, its server or its peer inside the callbacks of listening and connecting, and of all that follows.

use std::rc::Rc;

use uvox_loop::{Ctx, Errno, Loop, Phase, RunMode};
use uvox_pipe::uv::Pipe;
use uvox_stream::uv::Stream;

use crate::common::{Seen, end, free_path, scenario};

/// Where the one who is to be closed closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Connection,
    Connect,
    Read,
    Written,
    Shut,
    Close,
}

type Act = Rc<dyn Fn(&mut Ctx, At)>;

/// Closes what is still open, and notes in which phase.
fn close_all(cx: &mut Ctx, seen: &Seen<Phase>) {
    uvox_testing::close_all(cx);
    seen.add(cx.phase());
}

#[test]
fn close_inside_the_callbacks() {
    scenario(|| {
        for at in [
            At::Connection,
            At::Connect,
            At::Read,
            At::Written,
            At::Shut,
            At::Close,
        ] {
            let (_directory, path) = free_path();
            let mut lp = Loop::new().unwrap();
            let seen = Seen::new();
            let act: Act = {
                let seen = seen.clone();
                Rc::new(move |cx, here| {
                    if here == at {
                        close_all(cx, &seen);
                    }
                })
            };
            let server = Pipe::new(&mut lp);
            server.bind(&mut lp, &path).unwrap();
            let on_connection = act.clone();
            server
                .listen(&mut lp, 8, move |cx, _, connection| {
                    let peer = Pipe::accept(cx, connection.unwrap()).unwrap();
                    on_connection(cx, At::Connection);
                    if !cx.is_closing(peer) {
                        peer.write(cx, b"welcome", |_, _, _| ()).unwrap();
                    }
                })
                .unwrap();
            let client = Pipe::new(&mut lp);
            client
                .connect(&mut lp, &path, move |cx, client, result| {
                    if result == Err(Errno::ECANCELED) {
                        return;
                    }
                    act(cx, At::Connect);
                    follow(cx, client, &act);
                })
                .unwrap();
            assert!(!lp.run(RunMode::Default).unwrap(), "{at:?}");
            assert_eq!(seen.len(), 1, "{at:?}");
            assert_eq!(lp.requests(), 0);
            assert!(!path.exists());
            end(lp);
        }
    });
}

/// What a client does next, unless it is closed: reads, writes, and shuts down; and closes at the end.
fn follow(cx: &mut Ctx, client: Pipe, act: &Act) {
    if cx.is_closing(client) {
        assert_eq!(client.read_start(cx, |_, _, _| ()), Err(Errno::EINVAL));
        return;
    }
    let act = act.clone();
    client
        .read_start(cx, move |cx, stream, got| {
            assert!(!cx.is_closing(stream));
            assert_eq!(got, Ok(&b"welcome"[..]));
            act(cx, At::Read);
            if !cx.is_closing(stream) {
                answer(cx, client, &act);
            }
        })
        .unwrap();
}

fn answer(cx: &mut Ctx, client: Pipe, act: &Act) {
    let (written, shut) = (act.clone(), act.clone());
    client
        .write(cx, b"thanks", move |cx, _, _| written(cx, At::Written))
        .unwrap();
    let on_shut = move |cx: &mut Ctx, stream: Stream, _| {
        shut(cx, At::Shut);
        if !cx.is_closing(stream) {
            cx.close(stream, move |cx| shut(cx, At::Close)).unwrap();
        }
    };
    client.shutdown(cx, on_shut).unwrap();
}
