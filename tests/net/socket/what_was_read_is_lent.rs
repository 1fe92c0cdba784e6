//! Listeners of 'data' are lent what was read: it lies in the buffer of the next read, and what they keep of it stays as it was.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::rc::Rc;

use bytes::Bytes;
use uvox::env;
use uvox::event_loop::Ctx;
use uvox::net::{self, ConnectOptions, ServerOptions, Socket, SocketOptions};
use uvox::streams::{Chunk, Custom, Duplex, Encoding, Event, Options};
use uvox_testing::tcp_pair;

use super::common::{Seen, as_node_does, program, scenario, serve};

/// A socket, and a peer that writes when it is told to.
fn connected(cx: &mut Ctx) -> (Socket, Peer) {
    let (own, peer) = tcp_pair();
    let socket = Socket::new(cx, SocketOptions::new().fd(own)).unwrap();
    (socket, Peer(Rc::new(peer)))
}

#[derive(Clone)]
struct Peer(Rc<TcpStream>);

impl Peer {
    fn says(&self, what: &str) {
        self.writes(what.as_bytes());
    }

    fn writes(&self, bytes: &[u8]) {
        (&*self.0).write_all(bytes).unwrap();
    }

    fn ends(&self) {
        self.0.shutdown(Shutdown::Both).unwrap();
    }

    /// Says the next of several, or that there is none.
    fn goes_on(&self, rest: &mut std::slice::Iter<'_, &str>) {
        match rest.next() {
            Some(next) => self.says(next),
            None => self.ends(),
        }
    }
}

const WORDS: [&str; 4] = ["first", "other", "third", "forth"];

#[test]
fn what_is_kept_stays_when_the_buffer_is_overwritten() {
    scenario(|| {
        let (bytes, chunks, places) = (Seen::new(), Seen::new(), Seen::new());
        let (all_bytes, all_chunks, all_places) = (bytes.clone(), chunks.clone(), places.clone());
        program(&[], move |cx, _| {
            let (socket, peer) = connected(cx);
            let mut rest = WORDS.iter();
            peer.goes_on(&mut rest);
            socket.on_data(cx, move |_, _, data| {
                all_bytes.add(data.to_bytes());
                all_chunks.add(Chunk::from(data));
                all_places.add(data.as_bytes().as_ptr() as usize);
                assert!(data.as_shared().is_none());
                peer.goes_on(&mut rest);
            });
        });
        assert_eq!(bytes.all(), WORDS.map(Bytes::from));
        assert_eq!(chunks.all(), WORDS.map(|word| Chunk::from(word.as_bytes())));
        // It was one buffer all the time.
        let places = places.all();
        assert!(places.iter().all(|place| *place == places[0]), "{places:?}");
    });
}

#[test]
fn of_two_listeners_one_keeps() {
    scenario(|| {
        let (seen, kept) = (Seen::new(), Seen::new());
        let (first, second, keeps) = (seen.clone(), seen.clone(), kept.clone());
        program(&[], move |cx, _| {
            let (socket, peer) = connected(cx);
            let mut rest = WORDS.iter();
            peer.goes_on(&mut rest);
            socket.on_data(cx, move |_, _, data| {
                first.add(format!("first {data:?}"));
                keeps.add(data.to_bytes());
            });
            socket.once_data(cx, move |_, _, data| assert_eq!(*data, WORDS[0]));
            socket.on_data(cx, move |_, _, data| {
                second.add(format!("second {data:?}"));
                peer.goes_on(&mut rest);
            });
        });
        let both = |word| [format!("first b\"{word}\""), format!("second b\"{word}\"")];
        assert_eq!(seen.all(), WORDS.map(both).concat());
        assert_eq!(kept.all(), WORDS.map(Bytes::from));
    });
}

#[test]
fn one_that_listens_once_is_gone_when_it_is_called() {
    scenario(|| {
        let seen = Seen::new();
        let note = seen.clone();
        program(&[], move |cx, _| {
            let (socket, peer) = connected(cx);
            peer.says("once");
            socket.once_data(cx, move |cx, socket, data| {
                note.add((data.to_bytes(), socket.listener_count(cx, Event::Data)));
                peer.says("to nobody");
                peer.ends();
            });
        });
        assert_eq!(seen.all(), [(Bytes::from("once"), 0)]);
    });
}

/// What a listener brings about: for other streams, in ticks, or nothing.
type Brings = fn(&mut Ctx, &Seen<String>, Duplex);

/// Notes what a socket reads, what its listener brings about each time, and what another stream tells.
fn brought_about(what: Brings) -> Vec<String> {
    let seen = Seen::new();
    let log = seen.clone();
    program(&[], move |cx, _| {
        let (socket, peer) = connected(cx);
        let other = Custom::new()
            .read(|_, _, _| ())
            .readable(cx, &Options::new());
        let note = log.clone();
        other.on_pause(cx, move |_, _| note.add("pause".to_owned()));
        let mut rest = WORDS[..3].iter();
        peer.goes_on(&mut rest);
        socket.on_data(cx, move |cx, _, data| {
            log.add(format!("{data:?}"));
            what(cx, &log, other);
            peer.goes_on(&mut rest);
        });
        socket.on_end(cx, move |cx, _| other.destroy(cx, None));
    });
    seen.all()
}

#[test]
fn what_a_listener_brings_about_comes_before_the_next_read() {
    scenario(|| {
        let ticks = brought_about(|cx, log, _| {
            let log = log.clone();
            env::next_tick(cx, move |_| log.add("tick".to_owned()));
        });
        let lines = [
            "b\"first\"",
            "tick",
            "b\"other\"",
            "tick",
            "b\"third\"",
            "tick",
        ];
        assert_eq!(ticks, lines);
        let events = brought_about(|cx, _, other| {
            if !other.is_paused(cx) {
                other.pause(cx);
            }
        });
        let lines = ["b\"first\"", "pause", "b\"other\"", "b\"third\""];
        assert_eq!(events, lines);
    });
}

#[test]
fn a_listener_that_destroys_the_stream_leaves_it_to_the_next() {
    scenario(|| {
        let seen = Seen::new();
        let note = seen.clone();
        program(&[], move |cx, _| {
            let (socket, peer) = connected(cx);
            peer.says("all there is");
            socket.on_data(cx, move |cx, socket, data| {
                socket.destroy(cx);
                assert_eq!(*data, "all there is");
            });
            socket.on_data(cx, move |_, _, data| {
                let _open = &peer;
                note.add(data.to_bytes());
            });
        });
        assert_eq!(seen.all(), ["all there is"]);
    });
}

#[test]
fn what_waited_is_lent_as_it_is() {
    scenario(|| {
        let seen = Seen::new();
        let note = seen.clone();
        program(&[], move |cx, _| {
            let (socket, peer) = connected(cx);
            peer.says("waits");
            let mut rest = WORDS.iter();
            socket.pause(cx);
            socket.read(cx, 0);
            socket.on_data(cx, move |_, _, data| {
                note.add(data.as_shared().is_some());
                if let Some(waited) = data.as_shared() {
                    assert_eq!(*data, "waits");
                    assert_eq!(data.to_bytes().as_ptr(), waited.as_ptr());
                }
                peer.goes_on(&mut rest);
            });
            until_it_waits(cx, socket, |cx, socket| socket.resume(cx));
        });
        assert_eq!(seen.all(), [true, false, false, false, false]);
    });
}

/// Does `then` when something waits in a socket.
fn until_it_waits(cx: &mut Ctx, socket: Socket, then: fn(&mut Ctx, Socket)) {
    env::set_immediate(cx, move |cx| match socket.readable_length(cx) {
        0 => until_it_waits(cx, socket, then),
        _ => then(cx, socket),
    });
}

#[test]
fn put_back_in_the_listener_and_paused() {
    scenario(|| {
        as_node_does(
            r"
        serve(1, {}, (socket) => { socket.end('abcdef'); socket.resume(); }, (server, port) => {
          const socket = net.connect({ port, host: '127.0.0.1' });
          let times = 0;
          socket.on('data', (data) => {
            say('data', data, socket.readableLength);
            times += 1;
            if (times > 3) return;
            socket.pause();
            socket.unshift(data.subarray(1));
            say('waits', socket.readableLength);
            setImmediate(() => { say('resumed'); socket.resume(); });
          });
          socket.on('end', () => say('end'));
        });
        ",
            |cx, log| {
                let log = log.clone();
                let end = |cx: &mut Ctx, socket: Socket| {
                    socket.end_with(cx, "abcdef");
                    socket.resume(cx);
                };
                serve(
                    cx,
                    &log.clone(),
                    1,
                    ServerOptions::new(),
                    end,
                    move |cx, _, port| {
                        let to = ConnectOptions::port(port).host("127.0.0.1");
                        let socket = net::connect(cx, to).unwrap();
                        let mut times = 0;
                        let own = log.clone();
                        socket.on_data(cx, move |cx, socket, data| {
                            let text = String::from_utf8_lossy(data.as_bytes());
                            own.say(format!("data {text} {}", socket.readable_length(cx)));
                            times += 1;
                            if times > 3 {
                                return;
                            }
                            socket.pause(cx);
                            socket.unshift(cx, &data.as_bytes()[1..]);
                            own.say(format!("waits {}", socket.readable_length(cx)));
                            let log = own.clone();
                            env::set_immediate(cx, move |cx| {
                                log.say("resumed");
                                socket.resume(cx);
                            });
                        });
                        socket.on_end(cx, move |_, _| log.say("end"));
                    },
                );
            },
            &[
                "data abcdef 0",
                "waits 5",
                "resumed",
                "data bcdef 0",
                "waits 4",
                "resumed",
                "data cdef 0",
                "waits 3",
                "resumed",
                "data def 0",
                "end",
            ],
        );
    });
}

#[test]
fn put_back_as_it_is_it_is_given_out_again() {
    scenario(|| {
        let seen = Seen::new();
        let note = seen.clone();
        program(&[], move |cx, _| {
            let (socket, peer) = connected(cx);
            let mut rest = WORDS.iter();
            peer.goes_on(&mut rest);
            socket.on_data(cx, move |cx, socket, data| {
                note.add((data.to_bytes(), data.as_shared().is_some()));
                match data.as_shared() {
                    None => drop(socket.unshift(cx, data)),
                    // By now the next one may overwrite what this one was read into.
                    Some(_) => peer.goes_on(&mut rest),
                }
            });
        });
        let twice = |word| [(Bytes::from(word), false), (Bytes::from(word), true)];
        assert_eq!(seen.all(), WORDS.map(twice).concat());
    });
}

#[test]
fn a_listener_that_pauses() {
    scenario(|| {
        const LEN: usize = 1 << 20;
        let text: String = ('!'..='~').cycle().take(LEN).collect();
        let expected = text.clone();
        let (seen, pauses) = (Seen::new(), Seen::new());
        let (note, paused) = (seen.clone(), pauses.clone());
        program(&[], move |cx, _| {
            let (own, peer) = tcp_pair();
            let socket = Socket::new(cx, SocketOptions::new().fd(own)).unwrap();
            let from = Socket::new(cx, SocketOptions::new().fd(peer)).unwrap();
            from.end_with(cx, text);
            from.resume(cx);
            socket.on_data(cx, move |cx, socket, data| {
                assert!(!socket.is_paused(cx));
                note.add(data.to_bytes());
                socket.pause(cx);
                paused.add(());
                env::set_immediate(cx, move |cx| socket.resume(cx));
            });
        });
        assert!(pauses.len() > 1);
        assert_eq!(seen.all().concat(), expected.as_bytes());
    });
}

/// What is put back makes it enough, so reading stops until that is read.
#[test]
fn a_listener_that_puts_back_more_than_enough() {
    scenario(|| {
        let seen = Seen::new();
        let note = seen.clone();
        program(&[], move |cx, _| {
            let (socket, peer) = connected(cx);
            peer.says("first");
            let mut times = 0;
            socket.on_data(cx, move |cx, socket, data| {
                note.add((data.as_bytes()[0], data.len()));
                times += 1;
                match times {
                    1 => {
                        let much = vec![b'x'; 2 * socket.readable_high_water_mark(cx)];
                        socket.pause(cx);
                        assert!(!socket.unshift(cx, much));
                        peer.says("other");
                        env::set_immediate(cx, move |cx| {
                            assert!(!socket.is_fed(cx));
                            socket.resume(cx);
                        });
                    }
                    2 => assert!(data.len() > "other".len()),
                    _ => peer.ends(),
                }
            });
        });
        let seen = seen.all();
        assert_eq!([seen[0], seen[2]], [(b'f', 5), (b'o', 5)]);
        assert_eq!((seen[1].0, seen.len()), (b'x', 3));
    });
}

#[test]
fn text_is_lent_as_text() {
    scenario(|| {
        let seen = Seen::new();
        let note = seen.clone();
        program(&[], move |cx, _| {
            let (socket, peer) = connected(cx);
            socket.set_encoding(cx, Encoding::Utf8);
            // It is cut in the middle of a character.
            let all = "cut ☃é!".as_bytes();
            let (now, later) = all.split_at(all.len() - 2);
            peer.writes(now);
            let mut rest = [later].into_iter();
            socket.on_data(cx, move |_, _, data| {
                let text = data.as_text().unwrap();
                assert_eq!(data.to_chunk(), Chunk::Text(text.to_owned()));
                note.add((text.to_owned(), data.len()));
                match rest.next() {
                    Some(later) => peer.writes(later),
                    None => peer.ends(),
                }
            });
        });
        let wanted = [("cut ☃", 5), ("é!", 2)].map(|(text, len)| (text.to_owned(), len));
        assert_eq!(seen.all(), wanted);
    });
}
