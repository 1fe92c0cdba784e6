//! One direction ends, and the other goes on, both ways; data still queued the other way arrives; and what ends with an error ends both.

use uvox_loop::Errno;
use uvox_stream::node::HandleWrap;

use super::common::{Seen, TOO_MUCH, keep, over_both, shutdown, until, write};

#[test]
fn reading_goes_on_after_a_shutdown() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let (data, errors) = keep(&mut pair.lp, one);
        let (_, other_errors) = keep(&mut pair.lp, other);
        let _ = write(&mut pair.lp, one, b"last", "last", &seen);
        shutdown(&mut pair.lp, one, &seen).unwrap();
        until(&mut pair.lp, |_| !other_errors.is_empty());
        assert_eq!(other.bytes_read(&pair.lp), 4);
        assert_eq!(other_errors.all(), [Errno::EOF]);
        // The end stopped the reading: there is nobody to stop, and it may be started again, to hear of the end again.
        assert!(!pair.lp.is_active(other.handle(&pair.lp).unwrap()));
        other.read_start(&mut pair.lp).unwrap();
        until(&mut pair.lp, |_| other_errors.len() == 2);
        assert_eq!(other_errors.all(), [Errno::EOF, Errno::EOF]);
        let large = write(&mut pair.lp, other, &vec![1; TOO_MUCH], "large", &seen);
        assert!(large.is_async);
        shutdown(&mut pair.lp, other, &seen).unwrap();
        until(&mut pair.lp, |_| !errors.is_empty());
        assert_eq!(data.len(), TOO_MUCH);
        assert_eq!(errors.all(), [Errno::EOF]);
        until(&mut pair.lp, |_| seen.len() == 3);
        let expected = [
            ("shutdown", Ok(())),
            ("large", Ok(())),
            ("shutdown", Ok(())),
        ];
        assert_eq!(seen.all(), expected);
    });
}

/// A shutdown waits for what is queued, and the end comes behind it.
#[test]
fn shutdown_waits_for_the_queue() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        pair.fill(&seen);
        shutdown(&mut pair.lp, one, &seen).unwrap();
        let refused = write(&mut pair.lp, one, b"late", "late", &seen);
        assert_eq!(refused.err, Some(Errno::EPIPE));
        let (data, errors) = keep(&mut pair.lp, other);
        until(&mut pair.lp, |_| !errors.is_empty());
        assert_eq!((data.len(), errors.all()), (TOO_MUCH, vec![Errno::EOF]));
        until(&mut pair.lp, |_| seen.len() == 2);
        assert_eq!(seen.all(), [("fill", Ok(())), ("shutdown", Ok(()))]);
    });
}

/// The peer is closed with something unread: it is a reset, the end of both directions.
#[test]
fn a_peer_that_is_closed_with_something_unread() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        pair.fill(&seen);
        let (_, errors) = keep(&mut pair.lp, one);
        other.close(&mut pair.lp, |_| ());
        until(&mut pair.lp, |_| !errors.is_empty() && !seen.is_empty());
        assert_eq!(errors.all(), [Errno::ECONNRESET]);
        let failed = seen.all()[0].1;
        assert!(matches!(failed, Err(Errno::EPIPE | Errno::ECONNRESET)));
        let late = write(&mut pair.lp, one, b"late", "late", &seen);
        assert_eq!(late.err, Some(Errno::EPIPE));
        assert_eq!(one.read_start(&mut pair.lp), Err(Errno::ENOTCONN));
        let begun = shutdown(&mut pair.lp, one, &seen);
        assert_eq!(begun, Err(Errno::ENOTCONN));
    });
}
