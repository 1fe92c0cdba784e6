//! A stream base that is read by functions and a key tells them what a callback would be told, and stops when a callback takes their place.

use std::cell::RefCell;

use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Ctx, Errno, Handle, Key, Kind, State};
use uvox_stream::node::{HandleWrap, Link, Reads, StreamBase, StreamListener};
use uvox_stream::uv::ReadBuffer;

use super::common::{Pair, Seen, keep, over_both, until};

/// What a reader has heard, and by which function.
#[derive(Default)]
struct Heard(RefCell<Vec<Told>>);

/// By which function, and what.
type Told = (&'static str, Result<Vec<u8>, Errno>);

static HEARD: Kind<Heard> = Kind::new("heard");

impl State for Heard {
    const KIND: &'static Kind<Heard> = &HEARD;
}

static READS: Reads = Reads {
    lent: |cx, key, _, bytes| note(cx, key, "lent", Ok(bytes)),
    read: |cx, key, _, data| note(cx, key, "read", data),
};

fn note(cx: &mut Ctx, key: Key, how: &'static str, data: Result<&[u8], Errno>) {
    let heard = cx.state::<Heard>(Handle::from_key(key)).unwrap();
    heard.0.borrow_mut().push((how, data.map(<[u8]>::to_vec)));
}

/// A reader of that base.
fn read(pair: &mut Pair, base: StreamBase) -> Key {
    let heard = pair.lp.insert(Heard::default());
    pair.lp.set_internal(heard).unwrap();
    base.set_reader(&mut pair.lp, heard.key(), &READS);
    base.read_start(&mut pair.lp).unwrap();
    heard.key()
}

/// What it has heard since the last look: by which functions, the bytes, and the end.
fn take(pair: &mut Pair, key: Key) -> (Vec<&'static str>, Vec<u8>, Option<Errno>) {
    let all = pair.lp.state::<Heard>(Handle::from_key(key)).unwrap();
    let all = all.0.take();
    let end = all
        .iter()
        .find_map(|(_, data)| data.as_ref().err().copied());
    let mut how: Vec<_> = all.iter().map(|(how, _)| *how).collect();
    how.dedup();
    let bytes = all.into_iter().filter_map(|(_, data)| data.ok());
    (how, bytes.flatten().collect(), end)
}

fn write(pair: &mut Pair, bytes: &[u8]) {
    let written = pair.one.begin_write(&mut pair.lp, bytes);
    assert!(written.is_ok() || trace::on(), "there is room for it");
    if written.is_err() {
        let piece = [std::io::IoSlice::new(bytes)];
        let result = pair.one.write(&mut pair.lp, &piece, |_, _, _| ());
        assert_eq!(result.err, None);
    }
}

/// Hears first, and passes on.
struct Passes(Seen<usize>);

impl StreamListener for Passes {
    fn on_alloc(&mut self, cx: &mut Ctx, at: Link, suggested: usize) -> Option<Vec<u8>> {
        at.pass_alloc(cx, suggested)
    }

    fn on_read(
        &mut self,
        cx: &mut Ctx,
        at: Link,
        buffer: ReadBuffer<'_>,
        result: Result<usize, Errno>,
    ) {
        self.0.add(result.unwrap_or(0));
        at.pass_read(cx, buffer, result);
    }
}

#[test]
fn who_stands_before_it_hears_first() {
    over_both(|pair| {
        let other = pair.other;
        let key = read(pair, other);
        write(pair, b"one");
        pair.until_read(other, 3);
        let (_, bytes, _) = take(pair, key);
        assert_eq!(bytes, b"one");

        let seen = Seen::new();
        let link = other.push_listener(&mut pair.lp, Passes(seen.clone()));
        write(pair, b"two");
        pair.until_read(other, 6);
        assert_eq!(take(pair, key), (vec!["read"], b"two".to_vec(), None));
        assert_eq!(seen.all().iter().sum::<usize>(), 3);

        link.unwrap().remove(&mut pair.lp).unwrap();
        write(pair, b"three");
        pair.until_read(other, 11);
        let (_, bytes, _) = take(pair, key);
        assert_eq!(bytes, b"three");
        assert_eq!(seen.all().iter().sum::<usize>(), 3);
    });
}

#[test]
fn a_callback_takes_its_place_and_it_the_callbacks() {
    over_both(|pair| {
        let other = pair.other;
        let key = read(pair, other);
        other.read_stop(&mut pair.lp).unwrap();
        let (data, _) = keep(&mut pair.lp, other);
        write(pair, b"one");
        pair.until_read(other, 3);
        assert_eq!(data.all(), b"one");
        assert_eq!(take(pair, key), (vec![], vec![], None));

        other.set_reader(&mut pair.lp, key, &READS);
        write(pair, b"two");
        pair.until_read(other, 6);
        let (_, bytes, _) = take(pair, key);
        assert_eq!((bytes, data.all()), (b"two".to_vec(), b"one".to_vec()));
    });
}

/// Whoever watches is told of the same, and the reader by the function that is for any case.
#[test]
fn when_somebody_watches() {
    over_both(|pair| {
        let other = pair.other;
        let key = read(pair, other);
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        write(pair, b"watched");
        pair.until_read(other, 7);
        trace::take();
        assert_eq!(take(pair, key), (vec!["read"], b"watched".to_vec(), None));
        let told = recorder.events();
        assert!(told.iter().any(|event| event.name == "base.onread"));
    });
}

#[test]
fn the_end_comes_to_it() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let key = read(pair, other);
        one.close(&mut pair.lp, |_| ());
        until(&mut pair.lp, |cx| {
            let heard = cx.state::<Heard>(Handle::from_key(key)).unwrap();
            !heard.0.borrow().is_empty()
        });
        assert_eq!(take(pair, key), (vec!["read"], vec![], Some(Errno::EOF)));
    });
}
