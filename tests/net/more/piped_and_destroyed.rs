//! One of the two sockets of a pipe is destroyed in the middle.

use std::cell::Cell;
use std::rc::Rc;

use uvox::net::{self, ConnectOptions, ListenOptions, PipeOptions, ServerOptions};
use uvox_testing::{Seen, scenario};

use super::{Ends, expect, pattern, program};

fn destroyed(splice: bool, which: fn(Ends) -> net::Socket) -> Vec<String> {
    let seen = Seen::new();
    let record = seen.clone();
    program(move |cx| {
        let ends = Ends::new(cx);
        ends.pipe(cx, PipeOptions { splice, end: true }, &record);
        let record = record.clone();
        let note = move |name: &'static str| {
            let record = record.clone();
            move |_: &mut uvox::event_loop::Ctx, _: net::Socket, had_error: bool| {
                record.add(format!("{name}: closed, {had_error}"));
            }
        };
        ends.source.on_close(cx, note("source"));
        ends.target.on_close(cx, note("target"));
        // The peers may find the end, or a reset.
        for peer in [ends.from, ends.to] {
            peer.on_error(cx, |_, _, _| ());
            peer.on_end(cx, |cx, peer| peer.destroy(cx));
        }
        ends.from.resume(cx);
        ends.from.write(cx, pattern(16 << 20));
        let mut done = false;
        expect(cx, ends.to, move |cx, at| {
            if at >= 1 << 20 && !std::mem::replace(&mut done, true) {
                which(ends).destroy(cx);
            }
        });
    });
    let mut seen = seen.take();
    seen.sort();
    seen
}

/// Neither socket has a listener of 'error': whoever has the callback has all.
#[test]
fn either_side() {
    scenario(|| {
        for splice in [true, false] {
            let expected = [
                "Premature close",
                "source: closed, false",
                "target: closed, true",
            ];
            assert_eq!(destroyed(splice, |ends| ends.source), expected);
            let expected = [
                "Premature close",
                "source: closed, true",
                "target: closed, false",
            ];
            assert_eq!(destroyed(splice, |ends| ends.target), expected);
        }
    });
}

/// One that is connected anew in its listener of 'close' has nothing to do with the former pipe any more.
#[test]
fn connected_anew_in_close() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let server = net::create_server(cx, ServerOptions::new(), |cx, server, socket| {
                socket.resume(cx);
                socket.end_with(cx, "once more");
                server.close(cx);
            });
            let ends = Ends::new(cx);
            ends.pipe(cx, PipeOptions::default(), &record);
            for peer in [ends.from, ends.to] {
                peer.on_end(cx, |cx, peer| peer.destroy(cx));
                peer.resume(cx);
            }
            let port = Rc::new(Cell::new(0));
            let known = port.clone();
            let record = record.clone();
            ends.source.once_close(cx, move |cx, source, _| {
                let options = ConnectOptions::port(known.get()).host("127.0.0.1");
                source.connect(cx, options).unwrap();
                source.on_end(cx, |cx, source| source.end(cx));
                source.on_data(cx, move |_, _, chunk| {
                    record.add(chunk.as_text().unwrap_or("bytes").to_owned());
                });
            });
            server.on_listening(cx, move |cx, server| {
                port.set(server.port(cx).unwrap());
                ends.source.destroy(cx);
            });
            server
                .listen(cx, ListenOptions::port(0).host("127.0.0.1"))
                .unwrap();
        });
        assert_eq!(seen.all(), ["Premature close", "bytes"]);
    });
}

/// Before it has begun, too: while it connects, and while what goes first is written.
#[test]
fn before_it_begins() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let ends = Ends::new(cx);
            let fresh = net::Socket::new(cx, Default::default()).unwrap();
            let heard = record.clone();
            let options = PipeOptions::default();
            let piped = fresh.pipe_in_kernel(cx, ends.target, options, move |_, result| {
                heard.add(result.unwrap_err().to_string());
            });
            piped.unwrap();
            fresh.destroy(cx);
            assert!(ends.target.is_destroyed(cx));

            // More than the kernel takes is in the way.
            ends.from.write(cx, pattern(8 << 20));
            ends.from.write(cx, "behind");
            let heard = record.clone();
            let piped = ends
                .source
                .pipe_in_kernel(cx, ends.from, options, move |_, result| {
                    heard.add(result.unwrap_err().to_string());
                });
            piped.unwrap();
            ends.from.destroy(cx);
            assert!(ends.source.is_destroyed(cx));
            ends.to.resume(cx);
            ends.to.on_end(cx, |cx, to| to.destroy(cx));
        });
        assert_eq!(seen.all(), ["Premature close", "Premature close"]);
    });
}
