//! A connection that was accepted, and that the kernel will not watch when the loop next waits, has ended for everybody: nobody waits for it any more.

use std::io::Read;
use std::net::TcpStream;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::rc::Rc;

use uvox_loop::sys::fault::{self, Effect, Fault, Plan};
use uvox_loop::trace::{self, Layer, Recorder};
use uvox_loop::{Ctx, Errno, Kind, Loop};
use uvox_stream::uv::{Connection, Stream, StreamState, Written};

use super::support::{clients, listening};
use crate::common::{Seen, close_and_end, scenario, until};

static ACCEPTED: Kind<StreamState> = Stream::kind("accepted");

/// More than the kernel takes at once.
const MUCH: usize = 20_000_000;

/// Accepts a connection of which the kernel does not take note.
fn accept_in_vain(cx: &mut Ctx, connection: Connection, faults: &Seen<Rc<Plan>>) -> Stream {
    let names = ["epoll_ctl", "kevent", "mio_register"];
    let full =
        names.map(|name| Fault::new(name, 1, Effect::Fail(Errno::ENOSPC)).on(&raw(&connection)));
    faults.add(Rc::new(fault::plan(full)));
    Stream::accept(cx, &ACCEPTED, connection).unwrap()
}

fn raw(connection: &Connection) -> RawFd {
    connection.as_fd().as_raw_fd()
}

/// What is heard of such a connection, which is used like this right away; the client, the listener and the stream.
fn heard(
    lp: &mut Loop,
    count: usize,
    start: fn(&mut Ctx, Stream, &Seen<String>),
) -> (Vec<String>, TcpStream, [Stream; 2]) {
    let (seen, streams, faults) = (Seen::new(), Seen::new(), Seen::new());
    let (record, made) = (seen.clone(), streams.clone());
    let (server, address) = listening(lp, move |cx, _, connection| {
        let stream = accept_in_vain(cx, connection.unwrap(), &faults);
        start(cx, stream, &record);
        made.add(stream);
    });
    let client = clients(address, 1).remove(0);
    until(lp, |_| seen.len() == count && !streams.is_empty());
    (seen.all(), client, [server, streams.all()[0]])
}

fn read(cx: &mut Ctx, stream: Stream, seen: &Seen<String>) {
    let seen = seen.clone();
    let started = stream.read_start(cx, move |cx, stream, data| {
        assert!(!stream.is_reading(cx));
        seen.add(format!("read {:?}", data.map(<[u8]>::len)));
    });
    started.unwrap();
}

fn write_and_end(cx: &mut Ctx, stream: Stream, seen: &Seen<String>) {
    let record = seen.clone();
    let told = move |_: &mut Ctx, _, written: Written| {
        record.add(format!("written {:?}", written.status));
    };
    stream.write(cx, &vec![b'a'; MUCH], told).unwrap();
    let record = seen.clone();
    let told = move |_: &mut Ctx, _, _| record.add("shut".to_owned());
    stream.shutdown(cx, told).unwrap();
}

#[test]
fn who_reads_and_who_writes_hear_of_it() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (heard, mut client, handles) = heard(&mut lp, 3, |cx, stream, seen| {
            read(cx, stream, seen);
            write_and_end(cx, stream, seen);
        });
        let expected = ["read Err(ENOSPC)", "written Err(ENOSPC)", "shut"];
        assert_eq!(heard, expected);
        let stream = handles[1];
        assert!(!stream.is_readable(&lp) && !stream.is_writable(&lp));
        assert_eq!(stream.try_write(&mut lp, b"x"), Err(Errno::EPIPE));
        // The peer finds what was sent, and then the end.
        let mut got = Vec::new();
        client.read_to_end(&mut got).unwrap();
        assert!(!got.is_empty() && got.len() < MUCH);
        close_and_end(lp, &handles);
    });
}

#[test]
fn who_reads_later_hears_of_it_then() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (_, mut client, handles) = heard(&mut lp, 0, |_, _, _| ());
        let stream = handles[1];
        until(&mut lp, |cx| {
            cx.watch_error(stream) == Some(Errno::ENOSPC) && !stream.is_writable(cx)
        });
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        let seen = Seen::new();
        read(&mut lp, stream, &seen);
        until(&mut lp, |_| seen.len() == 1);
        assert_eq!(seen.all(), ["read Err(ENOSPC)"]);
        close_and_end(lp, &handles);
    });
}

/// One that is spliced to another takes that as its end, and the other goes on.
#[test]
fn what_is_spliced_ends() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (heard, _client, handles) = heard(&mut lp, 1, |cx, stream, seen| {
            let record = seen.clone();
            let spliced = stream.splice_to(cx, stream, move |_, _, spliced| {
                record.add(format!("{:?}", spliced.end));
            });
            if spliced == Err(Errno::ENOTSUP) {
                seen.add("Source(ENOSPC)".to_owned());
            }
        });
        assert_eq!(heard, ["Source(ENOSPC)"]);
        close_and_end(lp, &handles);
    });
}

/// One that is closed before the loop waits is nothing to the kernel: to accept it and to close it are all the calls.
#[test]
fn closed_before_the_loop_waits() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (server, address) = listening(&mut lp, move |cx, _, connection| {
            let connection = connection.unwrap();
            let fd = raw(&connection);
            let stream = Stream::accept(cx, &ACCEPTED, connection).unwrap();
            let done = record.clone();
            cx.close(stream, move |_| done.add(fd)).unwrap();
        });
        let _clients = clients(address, 1);
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        until(&mut lp, |_| seen.len() == 1);
        trace::take();
        let fd = seen.all()[0];
        let calls = recorder
            .events()
            .into_iter()
            .filter(|event| event.layer == Layer::Sys);
        let of_it: Vec<_> = calls
            .filter(|event| event.args.contains(&("fd", fd.into())))
            .map(|event| event.name)
            .collect();
        assert_eq!(of_it, ["close"]);
        close_and_end(lp, &[server]);
    });
}
