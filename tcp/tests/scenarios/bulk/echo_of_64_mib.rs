//! 64 MiB from one handle of a loop to another and back again, through writes that the kernel takes in part: what returns is what was sent.

use std::cell::Cell;
use std::rc::Rc;

use uvox_loop::{Ctx, Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, connected, hosts, scenario};

const TOTAL: usize = 64 << 20;
const PIECE: usize = 1 << 20;

/// A hash that is taken piece by piece (FNV-1a), whatever the pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Hash(u64);

impl Hash {
    const NEW: Hash = Hash(0xcbf2_9ce4_8422_2325);

    fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
}

/// Bytes without a pattern, the same each time (xorshift).
struct Noise(u64);

impl Noise {
    fn piece(&mut self) -> Vec<u8> {
        let mut piece = Vec::with_capacity(PIECE);
        while piece.len() < PIECE {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            piece.extend(self.0.to_le_bytes());
        }
        piece
    }
}

/// Writes piece after piece, each when the one before is sent, and then the end.
fn send_on(cx: &mut Ctx, tcp: Tcp, mut noise: Noise, sent: Rc<Cell<(usize, Hash)>>) {
    let (count, mut hash) = sent.get();
    if count == TOTAL {
        tcp.shutdown(cx, |_, _, result| result.unwrap()).unwrap();
        return;
    }
    let piece = noise.piece();
    hash.add(&piece);
    sent.set((count + piece.len(), hash));
    tcp.write(cx, &piece, move |cx, _, written| {
        assert_eq!((written.status, written.bytes), (Ok(()), PIECE));
        send_on(cx, tcp, noise, sent);
    })
    .unwrap();
    assert!(tcp.write_queue_size(cx) > 0, "the kernel took it at once");
}

#[test]
fn what_returns_is_what_was_sent() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (client, server) = connected(&mut lp, host);
            let queued = Seen::new();
            let in_part = queued.clone();
            server
                .read_start(&mut lp, move |cx, server, data| match data {
                    Ok(bytes) => {
                        server
                            .write(cx, bytes, |_, _, written| written.status.unwrap())
                            .unwrap();
                        if server.write_queue_size(cx) > 0 {
                            in_part.add(());
                        }
                    }
                    Err(errno) => {
                        assert_eq!(errno, Errno::EOF);
                        server.shutdown(cx, |_, _, result| result.unwrap()).unwrap();
                    }
                })
                .unwrap();
            let returned = Rc::new(Cell::new((0, Hash::NEW, false)));
            let place = returned.clone();
            client
                .read_start(&mut lp, move |_, _, data| {
                    let (count, mut hash, _) = place.get();
                    match data {
                        Ok(bytes) => {
                            hash.add(bytes);
                            place.set((count + bytes.len(), hash, false));
                        }
                        Err(errno) => {
                            assert_eq!(errno, Errno::EOF);
                            place.set((count, hash, true));
                        }
                    }
                })
                .unwrap();
            let sent = Rc::new(Cell::new((0, Hash::NEW)));
            // What little the kernel keeps makes it take all in part.
            for tcp in [client, server] {
                tcp.set_send_buffer_size(&mut lp, 16 << 10).unwrap();
            }
            send_on(&mut lp, client, Noise(0x9e37_79b9_7f4a_7c15), sent.clone());
            assert!(!lp.run(RunMode::Default).unwrap());
            let (count, hash) = sent.get();
            assert_eq!(returned.get(), (count, hash, true));
            assert_eq!(count, TOTAL);
            assert!(!queued.is_empty(), "the kernel took everything at once");
            assert_eq!(server.write_queue_size(&lp), 0);
            close_and_end(lp, &[client, server]);
        }
    });
}
