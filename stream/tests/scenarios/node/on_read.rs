//! The callback of the layer above: it can be set at any time, and hears of bytes and of errors, never of nothing.

use uvox_loop::{Errno, RunMode};
use uvox_stream::node::HandleWrap;
use uvox_stream::uv::ReadBuffer;

use super::common::{Seen, keep, over_both, shutdown, until, write};

#[test]
fn it_can_be_set_at_any_time() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let none = Seen::new();
        let (first, second) = (seen.clone(), seen.clone());
        other.set_on_read(&mut pair.lp, move |cx, base, read| {
            first.add(("first", read.map(<[u8]>::to_vec)));
            let second = second.clone();
            base.set_on_read(cx, move |_, _, read| {
                second.add(("second", read.map(<[u8]>::to_vec)));
            });
        });
        other.read_start(&mut pair.lp).unwrap();
        let _ = write(&mut pair.lp, one, b"a", "a", &none);
        until(&mut pair.lp, |_| seen.len() == 1);
        let _ = write(&mut pair.lp, one, b"b", "b", &none);
        until(&mut pair.lp, |_| seen.len() == 2);
        shutdown(&mut pair.lp, one, &none).unwrap();
        until(&mut pair.lp, |_| seen.len() == 3);
        let expected = [
            ("first", Ok(b"a".to_vec())),
            ("second", Ok(b"b".to_vec())),
            ("second", Err(Errno::EOF)),
        ];
        assert_eq!(seen.all(), expected);
        // On one that is closed it can be set, too.
        other.close(&mut pair.lp, |_| ());
        other.set_on_read(&mut pair.lp, |_, _, _| ());
        pair.lp.run(RunMode::NoWait).unwrap();
        other.set_on_read(&mut pair.lp, |_, _, _| ());
    });
}

/// Without one, what is read is counted, and lost.
#[test]
fn without_one() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        other.read_start(&mut pair.lp).unwrap();
        let _ = write(&mut pair.lp, one, b"lost", "lost", &Seen::new());
        pair.until_read(other, 4);
        let (data, _) = keep_without_start(pair, other);
        let _ = write(&mut pair.lp, one, b"kept", "kept", &Seen::new());
        pair.until_read(other, 8);
        assert_eq!(data.all(), b"kept");
    });
}

fn keep_without_start(
    pair: &mut super::common::Pair,
    base: uvox_stream::node::StreamBase,
) -> (Seen<u8>, Seen<Errno>) {
    base.read_stop(&mut pair.lp).unwrap();
    keep(&mut pair.lp, base)
}

/// A read that found nothing is not told, and what a stream says to have read beyond its buffer is not believed.
#[test]
fn nothing_is_not_told() {
    over_both(|pair| {
        let other = pair.other;
        let seen = Seen::new();
        let record = seen.clone();
        other.set_on_read(&mut pair.lp, move |_, _, read| {
            record.add(read.map(<[u8]>::to_vec));
        });
        other.emit_read(&mut pair.lp, ReadBuffer::Lent(&[]), Ok(0));
        assert!(seen.is_empty());
        other.emit_read(&mut pair.lp, ReadBuffer::Own(vec![1, 2, 3]), Ok(2));
        other.emit_read(&mut pair.lp, ReadBuffer::Own(vec![1, 2, 3]), Ok(4));
        assert_eq!(seen.all(), [Ok(vec![1, 2]), Ok(vec![1, 2, 3])]);
        assert_eq!(other.bytes_read(&pair.lp), 6);
    });
}

/// It stops the reading, and nothing more comes, however much is there.
#[test]
fn it_stops_the_reading() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let record = seen.clone();
        other.set_on_read(&mut pair.lp, move |cx, base, read| {
            record.add(read.unwrap().len());
            base.read_stop(cx).unwrap();
        });
        other.read_start(&mut pair.lp).unwrap();
        pair.fill(&Seen::new());
        until(&mut pair.lp, |_| seen.len() == 1);
        for _ in 0..3 {
            pair.lp.run(RunMode::NoWait).unwrap();
        }
        assert_eq!(seen.len(), 1);
        other.read_start(&mut pair.lp).unwrap();
        until(&mut pair.lp, |_| seen.len() == 2);
        let _ = one;
    });
}
