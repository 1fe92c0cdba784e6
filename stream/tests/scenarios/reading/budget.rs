//! A turn has room for so many reads of a stream, and so many bytes; then it is another one's turn. And a user without room for what comes
//! is asked again.

use std::io::Write;

use uvox_loop::{Errno, Loop, READ_BYTES_PER_TURN, READS_PER_TURN};

use crate::common::{Seen, close_and_end, scenario, stream_and_peer, stream_on, tcp_pair, until};

#[test]
fn two_flooded_streams_alternate() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let rounds = 4;
        let total = READS_PER_TURN as usize * rounds;
        let mut streams = Vec::new();
        let mut peers = Vec::new();
        for name in ["a", "b"] {
            let (stream, mut peer) = stream_and_peer(&mut lp);
            peer.write_all(&vec![0; total]).unwrap();
            let record = seen.clone();
            stream
                .read_start_into(
                    &mut lp,
                    |_, _, _| Some(vec![0; 1]),
                    move |cx, _, _, got| {
                        // The last read may be one that finds nothing.
                        if got == Ok(1) {
                            record.add((cx.metrics().turns, name));
                        }
                    },
                )
                .unwrap();
            streams.push(stream);
            peers.push(peer);
        }
        until(&mut lp, |_| seen.len() == 2 * total);
        let seen = seen.all();
        let runs: Vec<_> = seen.chunk_by(|one, next| one == next).collect();
        assert_eq!(runs.len(), 2 * rounds, "{runs:?}");
        for pair in runs.chunks(2) {
            assert_eq!(pair[0].len(), READS_PER_TURN as usize);
            assert_eq!(pair[1].len(), READS_PER_TURN as usize);
            assert_eq!(pair[0][0].0, pair[1][0].0, "both have their turn in one");
            assert_ne!(pair[0][0].1, pair[1][0].1, "and not the same one twice");
        }
        close_and_end(lp, &streams);
    });
}

#[test]
fn so_many_bytes_a_turn() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = tcp_pair();
        let stream = stream_on(&mut lp, ours);
        let total = 4 * READ_BYTES_PER_TURN;
        let writer = std::thread::spawn(move || {
            peer.write_all(&vec![1; total]).unwrap();
            peer
        });
        let seen = Seen::new();
        let record = seen.clone();
        stream
            .read_start(&mut lp, move |cx, _, got| {
                record.add((cx.metrics().turns, got.unwrap().len()));
            })
            .unwrap();
        let bytes = |seen: &[(u64, usize)]| seen.iter().map(|(_, count)| count).sum::<usize>();
        until(&mut lp, |_| bytes(&seen.all()) == total);
        for turn in seen.all().chunk_by(|one, next| one.0 == next.0) {
            // The read that reaches the bound may be a whole buffer.
            let most = READ_BYTES_PER_TURN + uvox_loop::Ctx::SCRATCH_SIZE;
            assert!(bytes(turn) < most, "{turn:?}");
        }
        drop(writer.join().unwrap());
        close_and_end(lp, &[stream]);
    });
}

#[test]
fn no_room_is_told_and_asked_again() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (stream, mut peer) = stream_and_peer(&mut lp);
        peer.write_all(b"abc").unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let mut asked = 0;
        stream
            .read_start_into(
                &mut lp,
                move |_, _, size| {
                    assert!(size > 0);
                    asked += 1;
                    Some(vec![0; if asked <= 3 { 0 } else { size }])
                },
                move |cx, _, buffer, got| {
                    let bytes = buffer[..got.unwrap_or(0)].to_vec();
                    record.add((cx.metrics().turns, got, bytes));
                },
            )
            .unwrap();
        // A read that finds nothing may follow.
        until(&mut lp, |_| seen.len() >= 4);
        let mut seen = seen.all();
        seen.truncate(4);
        for (i, (turn, got, bytes)) in seen.iter().enumerate() {
            assert_eq!(*turn, seen[0].0 + i as u64, "once in a turn");
            let expected = if i < 3 { Err(Errno::ENOBUFS) } else { Ok(3) };
            assert_eq!(*got, expected);
            assert_eq!(bytes, if i < 3 { &b""[..] } else { b"abc" });
        }
        close_and_end(lp, &[stream]);
    });
}
