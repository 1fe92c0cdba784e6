//! Neighbours that are alike go to the kernel as one message. Nobody but the kernel sees a difference.

mod a_group;
mod each_has_its_own_end;
mod neighbours_arrive_as_single_datagrams;
mod over_64_segments;
mod over_65507_bytes;
mod received;
mod refused_by_nobody;
mod several_destinations;
mod several_sizes;
mod sockets_that_are_not_for_it;
mod the_last_may_be_shorter;
mod turned_off;
mod where_the_kernel_refuses;

use std::io::IoSlice;
use std::net::SocketAddr;

use uvox_loop::trace::{self, Event, Outcome, Recorder};
use uvox_loop::{Ctx, Errno};
use uvox_udp::uv::{Control, Message, RawAddress, Udp};

use crate::common::{Seen, ok};

/// Numbered datagrams of these sizes: each byte is its datagram's number.
fn numbered(sizes: &[usize]) -> Vec<Vec<u8>> {
    let numbers = (0..=u8::MAX).cycle();
    let datagrams = numbers.zip(sizes).map(|(number, size)| vec![number; *size]);
    datagrams.collect()
}

/// What is heard if all of them arrive.
fn all_of(datagrams: &[Vec<u8>]) -> Vec<Result<Vec<u8>, Errno>> {
    datagrams.iter().cloned().map(Ok).collect()
}

/// Sends them as a batch, now or never.
fn try_all(
    cx: &mut Ctx,
    udp: Udp,
    datagrams: &[Vec<u8>],
    to: Option<SocketAddr>,
) -> Result<usize, Errno> {
    let to = to.map(RawAddress::from);
    let slices: Vec<[IoSlice<'_>; 1]> = datagrams
        .iter()
        .map(|bytes| [IoSlice::new(bytes)])
        .collect();
    let messages: Vec<Message<'_>> = slices
        .iter()
        .map(|buffers| Message {
            buffers,
            to: to.as_ref(),
            control: Control::default(),
        })
        .collect();
    udp.try_send_batch(cx, &messages)
}

/// Queues them, behind an empty one that goes at once, and tells how each of them ends.
fn queue_all(
    cx: &mut Ctx,
    udp: Udp,
    datagrams: &[Vec<u8>],
    to: Option<SocketAddr>,
) -> Seen<(usize, Result<(), Errno>)> {
    let sent = Seen::new();
    udp.send(cx, b"", to, ok).unwrap();
    for (number, bytes) in datagrams.iter().enumerate() {
        let record = sent.clone();
        let done = move |_: &mut Ctx, _: Udp, status| record.add((number, status));
        udp.send(cx, bytes, to, done).unwrap();
    }
    sent
}

/// Runs something, and returns what each call came to that gave the kernel a batch: how many messages it took. The datagrams are the handle's to count.
fn messages<R>(run: impl FnOnce() -> R) -> (R, Vec<Outcome>) {
    let (result, events) = traced(run);
    let calls = events.iter().filter(|event| event.name == "sendmmsg");
    (result, calls.map(|event| event.result).collect())
}

/// Runs something, and returns what the trace says of it.
fn traced<R>(run: impl FnOnce() -> R) -> (R, Vec<Event>) {
    let recorder = Recorder::new();
    trace::set(recorder.clone());
    let result = run();
    trace::take();
    (result, recorder.events())
}

/// Calls that took so many messages each.
fn took(counts: &[u64]) -> Vec<Outcome> {
    counts.iter().copied().map(Outcome::Done).collect()
}
