//! One message to an echo server and back, as the trace has it: through all layers down to the system call, each step named by what it led to.
//! Nothing is told before there is a tracer, and nothing after.

use std::io::IoSlice;

use uvox_loop::trace::{self, Event, Layer, Outcome, Recorder};
use uvox_loop::{Ctx, Errno, Key, Loop, RunMode, emit};
use uvox_stream::node::HandleWrap;
use uvox_tcp::node::{SocketType, TcpWrap};

use super::support::{LOCALHOST, pair, server};
use crate::common::{Seen, end, scenario, until};

/// An event and what led to it, the first cause last. Of those the loop's part is told the same way everywhere but for the poller's own call.
fn chain(events: &[Event], event: &Event) -> Vec<&'static str> {
    let mut names = vec![event.name];
    let mut at = event;
    while let Some(cause) = at.cause {
        at = events.iter().find(|one| one.seq == cause).unwrap();
        names.push(at.name);
    }
    names
}

fn find<'a>(events: &'a [Event], name: &str, object: impl Into<Key>) -> &'a Event {
    let object = Some(object.into());
    let mut found = events.iter().filter(|event| event.name == name);
    found
        .find(|event| event.object == object)
        .unwrap_or_else(|| panic!("no {name}"))
}

/// What was sent and received, and why.
fn calls(events: &[Event], name: &str) -> Vec<(Outcome, Vec<&'static str>)> {
    let of_sys = events.iter().filter(|event| event.layer == Layer::Sys);
    of_sys
        .filter(|event| event.name == name)
        .map(|event| (event.result, chain(events, event)))
        .collect()
}

#[test]
fn trace_of_an_echo() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let recorder = Recorder::new();
        let (client, peer) = pair(&mut lp);
        peer.set_on_read(&mut lp, move |cx, base, data| {
            let _ = base.write(cx, &[IoSlice::new(data.unwrap())], |_, _, _| ());
        });
        peer.read_start(&mut lp).unwrap();
        let answers = Seen::new();
        let record = answers.clone();
        client.set_on_read(&mut lp, move |_, _, data| record.add(data.map(<[u8]>::len)));
        client.read_start(&mut lp).unwrap();
        assert!(recorder.events().is_empty());

        trace::set(recorder.clone());
        let above = emit!(Net, "socket.write", bytes = 5u64).map(trace::cause);
        let written = client.write(&mut lp, &[IoSlice::new(b"hello")], |_, _, _| ());
        drop(above);
        assert_eq!((written.err, written.is_async), (None, false));
        until(&mut lp, |_| answers.len() == 1);
        trace::take();
        let events = recorder.events();
        lp.run(RunMode::NoWait).unwrap();
        assert_eq!(recorder.events().len(), events.len(), "nobody listens");

        let begun = ["stream.try_write", "base.write"];
        let sent = calls(&events, "send");
        assert_eq!(sent.len(), 2);
        let from_above = [&["send"][..], &begun, &["socket.write"]].concat();
        assert_eq!(sent[0], (Outcome::Done(5), from_above));
        let from_below = ["base.onread", "stream.read", "ready", "wait"];
        let echoed = [&["send"][..], &begun, &from_below].concat();
        assert_eq!(sent[1], (Outcome::Done(5), echoed));
        let received = calls(&events, "recv");
        assert!(received.contains(&(Outcome::Done(5), vec!["recv", "ready", "wait"])));

        let wrote = find(&events, "base.write.sent", client.stream_base());
        assert_eq!(wrote.result, Outcome::Done(5));
        let told = find(&events, "base.onread", client.stream_base());
        let names: Vec<_> = events.iter().map(|event| event.name).collect();
        let first = |name| names.iter().position(|one| *one == name).unwrap();
        assert!(first("base.write") < first("stream.try_write"));
        assert!(first("stream.try_write") < first("send"));
        assert!(first("send") < first("stream.try_write.sent"));
        assert!(first("stream.try_write.sent") < first("base.write.sent"));
        assert!(first("base.write.sent") < first("recv"));
        assert!(wrote.seq < told.seq);

        for wrap in [client, peer] {
            wrap.close(&mut lp, |_| ());
        }
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn trace_of_a_connection() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let recorder = Recorder::new();
        trace::set(recorder.clone());
        let accepted = Seen::new();
        let record = accepted.clone();
        let (listener, port) = server(&mut lp, move |_, _, peer| record.add(peer));
        let connected = Seen::new();
        let record = connected.clone();
        let client = TcpWrap::new(&mut lp, SocketType::Socket);
        let begun = client.connect(&mut lp, LOCALHOST, port, move |_, end| {
            record.add(end.status);
        });
        begun.unwrap();
        until(&mut lp, |_| accepted.len() + connected.len() == 2);
        let peer = accepted.all()[0];
        let again = peer.connect(&mut lp, LOCALHOST, port, |_, _| ()).err();
        assert_eq!(again, Some(Errno::EISCONN));
        close_all(&mut lp, &[listener, client, peer]);
        lp.run(RunMode::Default).unwrap();
        trace::take();
        let events = recorder.events();
        let chain_of = |name: &str| {
            let event = events.iter().find(|event| event.name == name);
            chain(&events, event.unwrap_or_else(|| panic!("no {name}")))
        };
        let listen = ["listen", "stream.listen", "tcp.listen", "base.listen"];
        assert_eq!(chain_of("listen"), listen);
        assert_eq!(chain_of("bind"), ["bind", "tcp.bind", "base.bind"]);
        assert_eq!(
            chain_of("connect"),
            ["connect", "tcp.connect", "base.connect"]
        );
        let from_kernel = ["ready", "wait"];
        let accept = ["stream.accept", "base.onconnection", "stream.connection"];
        assert_eq!(
            chain_of("stream.accept"),
            [&accept[..], &from_kernel].concat()
        );
        let after = ["base.after_connect", "stream.connected"];
        assert_eq!(
            chain_of("base.after_connect"),
            [&after[..], &from_kernel].concat()
        );
        assert_eq!(
            chain_of("stream.close"),
            ["stream.close", "close", "base.close"]
        );
        let refused = events
            .iter()
            .find(|event| event.name == "base.connect.failed");
        assert_eq!(refused.unwrap().result, Outcome::Failed(Errno::EISCONN));
        assert_eq!(
            chain(&events, refused.unwrap()),
            ["base.connect.failed", "base.connect"]
        );
        end(lp);
    });
}

fn close_all(cx: &mut Ctx, wraps: &[TcpWrap]) {
    for wrap in wraps {
        wrap.close(cx, |_| ());
    }
}
