//! Whatever capacity is asked for, a batch has one that it can have, and works.

use std::io::IoSlice;
use std::os::fd::AsFd;

use uvox_loop::sys::{BATCH_MAX, Control, Message, RecvBatch, SendBatch};

use super::support::{readable, udp_pair};
use crate::common::scenario;

#[test]
fn a_batch_is_never_too_large() {
    scenario(|| {
        for (wanted, given) in [
            (0, 1),
            (1, 1),
            (BATCH_MAX - 1, BATCH_MAX - 1),
            (BATCH_MAX + 1, BATCH_MAX),
            (usize::MAX / 64, BATCH_MAX),
            (usize::MAX, BATCH_MAX),
        ] {
            assert_eq!(SendBatch::new(wanted).capacity(), given);
            assert_eq!(RecvBatch::new(wanted).capacity(), given);
        }
    });
}

#[test]
fn the_largest_batch_is_sent_and_received() {
    scenario(|| {
        let (sender, receiver, _) = udp_pair("127.0.0.1");
        let one = [IoSlice::new(b"x")];
        let message = Message {
            buffers: &one,
            to: None,
            control: Control::default(),
        };
        // More messages than there is room for: the rest is for the next call.
        let mut out = SendBatch::new(usize::MAX);
        let sent = out.send(sender.as_fd(), vec![message; 2 * BATCH_MAX]);
        let sent = sent.unwrap();
        assert!((1..=BATCH_MAX).contains(&sent), "{sent}");
        // A buffer for more than there is room for. The kernel may have dropped what its own buffer did not hold.
        let mut into = RecvBatch::new(usize::MAX);
        let buffer = &mut vec![0; 2 * BATCH_MAX];
        let count = into.recv(readable(&receiver).as_fd(), buffer, 1).unwrap();
        assert!((1..=sent).contains(&count), "{count} of {sent}");
        assert_eq!(into.iter().count(), count);
        assert!(into.iter().all(|datagram| buffer[datagram.range] == *b"x"));
    });
}
