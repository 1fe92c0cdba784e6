//! A listener that runs is not entered again, and a panic does not cost it its place.

use uvox_stream::uv::ReadBuffer;

use super::common::{Seen, keep, over_both, until, write};
use super::watcher::{named, send};

/// What is emitted while a listener runs does not enter it again: it goes to those below.
#[test]
fn a_running_listener_is_not_entered_again() {
    over_both(|pair| {
        let other = pair.other;
        let (data, _) = keep(&mut pair.lp, other);
        let seen = Seen::new();
        let top = named(&seen, "top", false, |cx, at| {
            at.stream()
                .emit_read(cx, ReadBuffer::Lent(b"meanwhile "), Ok(10));
        });
        other.push_listener(&mut pair.lp, top).unwrap();
        let _ = write(&mut pair.lp, pair.one, b"data", "data", &Seen::new());
        pair.until_read(other, 14);
        assert_eq!(seen.take(), ["top"]);
        assert_eq!(data.all(), b"meanwhile data");
    });
}

/// A panic does not cost the listener its place.
#[test]
fn a_listener_that_panics_stays() {
    over_both(|pair| {
        let other = pair.other;
        let (data, _) = keep(&mut pair.lp, other);
        let seen = Seen::new();
        let mut once = true;
        let top = named(&seen, "top", false, move |_, _| {
            assert!(!std::mem::take(&mut once), "on purpose");
        });
        other.push_listener(&mut pair.lp, top).unwrap();
        let _ = write(&mut pair.lp, pair.one, b"1", "1", &Seen::new());
        let lp = std::panic::AssertUnwindSafe(&mut pair.lp);
        let panicked = std::panic::catch_unwind(|| {
            let lp = lp;
            until(lp.0, |cx| other.bytes_read(cx) == 1);
        });
        assert!(panicked.is_err());
        send(pair, b'2');
        assert_eq!(seen.take(), ["top", "top"]);
        assert_eq!(data.all(), b"2");
    });
}
