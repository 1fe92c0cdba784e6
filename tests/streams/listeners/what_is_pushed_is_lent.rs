//! What is pushed goes to the listeners as it is, if they may run; it is copied, or shared, only if it has to wait.

use bytes::Bytes;
use uvox::env;
use uvox::event_loop::Ctx;
use uvox::streams::{Chunk, Duplex, Encoding};

use crate::common::{Seen, plain, program, scenario};

/// Notes where the data lies, and whether it can be shared.
fn note_places(cx: &mut Ctx, stream: Duplex, seen: &Seen<(usize, bool)>) {
    let note = seen.clone();
    stream.on_data(cx, move |_, _, data| {
        assert_eq!(data.as_bytes(), b"pushed");
        note.add((
            data.as_bytes().as_ptr() as usize,
            data.as_shared().is_some(),
        ));
    });
}

#[test]
fn when_it_flows() {
    scenario(|| {
        let seen = Seen::new();
        let places = seen.clone();
        let own = Bytes::from(b"pushed".to_vec());
        let lent = own.clone();
        program(move |cx| {
            let stream = plain(cx);
            note_places(cx, stream, &places);
            env::set_immediate(cx, move |cx| {
                // Bytes, a chunk that is handed over, and one that is not.
                assert!(stream.push(cx, &own[..]));
                assert!(stream.push(cx, own.clone()));
                let chunk = Chunk::Bytes(own);
                assert!(stream.push(cx, chunk.lend()));
                stream.destroy(cx, None);
            });
        });
        let place = lent.as_ptr() as usize;
        assert_eq!(seen.all(), [(place, false), (place, true), (place, true)]);
    });
}

#[test]
fn when_it_waits() {
    scenario(|| {
        let seen = Seen::new();
        let places = seen.clone();
        let own = Bytes::from(b"pushed".to_vec());
        let lent = own.clone();
        program(move |cx| {
            let (first, second) = (plain(cx), plain(cx));
            note_places(cx, second, &places);
            // Nobody is called while this listener runs, so all that it pushes waits.
            first.on_data(cx, move |cx, _, _| {
                let mut buffer = *b"pushed";
                second.push(cx, &buffer);
                buffer.fill(0);
                let chunk = Chunk::Bytes(own.clone());
                second.push(cx, chunk.lend());
            });
            env::set_immediate(cx, move |cx| {
                first.push(cx, "go");
                first.destroy(cx, None);
                second.destroy(cx, None);
            });
        });
        let all = seen.all();
        assert_eq!(all.len(), 2);
        // The bytes were copied, the chunk was not.
        assert!(all[0].1 && all[1] == (lent.as_ptr() as usize, true));
    });
}

#[test]
fn to_a_stream_of_text() {
    scenario(|| {
        let seen = Seen::new();
        let note = seen.clone();
        program(move |cx| {
            let stream = plain(cx);
            stream.set_encoding(cx, Encoding::Utf8);
            stream.on_data(cx, move |_, _, data| {
                note.add((data.to_chunk(), data.len()))
            });
            env::set_immediate(cx, move |cx| {
                stream.push(cx, "é☃");
                stream.push(cx, "é☃".as_bytes());
                // Only a beginning, and the rest.
                assert!(stream.push(cx, &"☃".as_bytes()[..1]));
                stream.push(cx, &"☃".as_bytes()[1..]);
                stream.destroy(cx, None);
            });
        });
        let text = |text: &str, len| (Chunk::from(text), len);
        assert_eq!(seen.all(), [text("é☃", 2), text("é☃", 2), text("☃", 1)]);
    });
}

#[test]
fn bytes_that_are_text_as_they_stand() {
    scenario(|| {
        let seen = Seen::new();
        let places = seen.clone();
        let own = Bytes::from(b"pushed".to_vec());
        let lent = own.clone();
        program(move |cx| {
            let stream = plain(cx);
            stream.set_encoding(cx, Encoding::Utf8);
            note_places(cx, stream, &places);
            stream.on_data(cx, |_, _, data| assert_eq!(data.as_text(), Some("pushed")));
            env::set_immediate(cx, move |cx| {
                assert!(stream.push(cx, &own[..]));
                stream.destroy(cx, None);
            });
        });
        assert_eq!(seen.all(), [(lent.as_ptr() as usize, false)]);
    });
}

#[test]
fn a_text_to_a_stream_of_bytes() {
    scenario(|| {
        let seen = Seen::new();
        let note = seen.clone();
        program(move |cx| {
            let stream = plain(cx);
            stream.on_data(cx, move |_, _, data| {
                note.add((data.to_chunk(), data.len()))
            });
            env::set_immediate(cx, move |cx| {
                stream.push(cx, "é☃");
                stream.push(cx, "é☃".to_owned());
                stream.destroy(cx, None);
            });
        });
        let bytes = (Chunk::from("é☃".as_bytes()), 5);
        assert_eq!(seen.all(), [bytes.clone(), bytes]);
    });
}

/// `read` in a callback emits 'data' when that is over, and by then the chunk is with whoever read it.
#[test]
fn when_it_is_read() {
    scenario(|| {
        let seen = Seen::new();
        let (note, log) = (seen.clone(), seen.clone());
        program(move |cx| {
            let stream = plain(cx);
            stream.pause(cx);
            stream.on_data(cx, move |_, _, data| {
                note.add(format!("data {data:?} {}", data.as_shared().is_some()));
            });
            stream.push(cx, b"waits");
            env::set_immediate(cx, move |cx| {
                log.add(format!("read {:?}", stream.read(cx, 3)));
                log.add(format!("read {:?}", stream.read(cx, None)));
                stream.destroy(cx, None);
            });
        });
        let lines = [
            "read Some(b\"wai\")",
            "read Some(b\"ts\")",
            "data b\"wai\" true",
            "data b\"ts\" true",
        ];
        assert_eq!(seen.all(), lines);
    });
}
