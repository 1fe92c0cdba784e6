//! What the kernel puts together for a receiver of batches is taken apart before he sees it. He sees no difference.

mod a_part_is_left;
mod each_is_as_it_was_sent;
mod lost_together;
mod more_than_a_turn_has;
mod not_wanted;
mod one_by_one_after_batches;
mod sockets_of_others;
mod there_is_room_for_all;
mod where_the_kernel_cannot;

use std::net::SocketAddr;

use uvox_loop::trace::{Event, Outcome};
use uvox_loop::{Ctx, Errno, sys};
use uvox_udp::uv::Udp;

pub(super) use super::{numbered, traced, try_all};
use crate::common::Seen;

/// What was received in batches: the bytes, and from whom.
type Batches = Seen<Vec<(Vec<u8>, Option<SocketAddr>)>>;

/// Receives batches from now on, and tells what came together. Each datagram is one.
fn listen_to_batches(cx: &mut Ctx, udp: Udp) -> Batches {
    let heard = Batches::new();
    let record = heard.clone();
    let started = udp.recv_start_batch(cx, move |_, _, batch| {
        let batch = batch.unwrap();
        let mut all = Vec::new();
        for left in (0..batch.len()).rev() {
            let datagram = batch.next().unwrap();
            assert_eq!(batch.size_hint(), (left, Some(left)));
            assert_eq!(datagram.control.segment_size, None);
            assert_eq!(datagram.segments().collect::<Vec<_>>(), [datagram.bytes]);
            assert!(!datagram.truncated);
            all.push((datagram.bytes.to_vec(), datagram.sender()));
        }
        assert!(batch.next().is_none());
        record.add(all);
    });
    started.unwrap();
    heard
}

/// How many datagrams were heard of.
fn count(heard: &Batches) -> usize {
    heard.all().iter().map(Vec::len).sum()
}

/// All of them.
fn bytes(heard: &Batches) -> Vec<Vec<u8>> {
    heard
        .all()
        .into_iter()
        .flatten()
        .map(|(bytes, _)| bytes)
        .collect()
}

/// Sends neighbours that are alike, which become one message where the kernel can do that.
fn send_all(cx: &mut Ctx, udp: Udp, datagrams: &[Vec<u8>], to: SocketAddr) {
    assert_eq!(try_all(cx, udp, datagrams, Some(to)), Ok(datagrams.len()));
}

/// How many messages each call brought that brought any.
fn brought(events: &[Event]) -> Vec<u64> {
    let calls = events.iter().filter(|event| event.name == "recvmmsg");
    calls
        .filter_map(|event| match event.result {
            Outcome::Done(count) => Some(count),
            _ => None,
        })
        .collect()
}

/// Whether the kernel puts together what comes.
fn is_merging(cx: &mut Ctx, udp: Udp) -> Result<bool, Errno> {
    sys::receives_coalesced(udp.fd(cx).unwrap())
}
