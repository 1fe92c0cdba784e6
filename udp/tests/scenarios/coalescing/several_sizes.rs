//! Where the size changes, another message begins. What is in a datagram may be in many pieces.

use std::io::IoSlice;

use bytes::Bytes;
use uvox_loop::Loop;

use super::{all_of, messages, numbered, queue_all, took};
use crate::common::{COALESCES, bound, close_and_end, listen, ok, scenario, texts, until};

#[test]
fn several_sizes() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        let sizes = [3, 3, 3, 5, 5, 200, 200, 200, 200, 1, 7, 2000];
        let datagrams = numbered(&sizes);
        let (told, calls) = messages(|| {
            let told = queue_all(&mut lp, udp, &datagrams, Some(to));
            until(&mut lp, |_| told.len() == sizes.len());
            told
        });
        if COALESCES {
            // 3 3 3 | 5 5 | 200 200 200 200 1 | 7 | 2000
            assert_eq!(calls, took(&[5]));
        }
        assert!(told.all().into_iter().eq((0..12).map(|at| (at, Ok(())))));
        until(&mut lp, |_| heard.len() == 13);
        assert_eq!(heard.all()[1..], all_of(&datagrams));
        close_and_end(lp, &[udp]);
    });
}

#[test]
fn in_pieces() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        let heard = listen(&mut lp, udp);
        let (_, calls) = messages(|| {
            udp.send(&mut lp, b"first", to, ok).unwrap();
            let many = ["a", "", "bc", "d"].map(Bytes::from);
            udp.send_bytes(&mut lp, &many, to, ok).unwrap();
            let two = [IoSlice::new(b"ef"), IoSlice::new(b"gh")];
            udp.sendv(&mut lp, &two, to, ok).unwrap();
            let one = [Bytes::from_static(b"ijk")];
            udp.send_bytes(&mut lp, &one, to, ok).unwrap();
            until(&mut lp, |_| heard.len() == 4);
        });
        if COALESCES {
            assert_eq!(calls, took(&[1]));
        }
        assert_eq!(heard.all(), texts(&["first", "abcd", "efgh", "ijk"]));
        // More pieces than there are places for: they go in several messages.
        let pieces = [const { Bytes::from_static(b"x") }; 16];
        for _ in 0..20 {
            udp.send_bytes(&mut lp, &pieces, to, ok).unwrap();
        }
        until(&mut lp, |_| heard.len() == 24);
        assert!(
            heard.all()[4..]
                .iter()
                .all(|one| *one == Ok(vec![b'x'; 16]))
        );
        close_and_end(lp, &[udp]);
    });
}
