//! 64 MiB go from socket to socket, in order and whole; and this process sees next to nothing of them.

use std::cell::{Cell, RefCell};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::rc::Rc;
use std::thread;

use uvox::event_loop::trace::{self, Layer, Recorder};
use uvox::net::PipeOptions;
use uvox_testing::{Seen, scenario, tcp_pair};

use super::{Ends, IS_LINUX, connected, expect, pattern, program, socket};

const TOTAL: usize = 64 << 20;

/// What a thread reads to the end of a connection.
fn read_all(mut peer: TcpStream) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut got = Vec::new();
        peer.read_to_end(&mut got).unwrap();
        got
    })
}

fn through(splice: bool) {
    let options = PipeOptions { splice, end: true };
    let (seen, thread) = (Seen::new(), Rc::new(RefCell::new(None)));
    let (record, join) = (seen.clone(), thread.clone());
    let recorder = Recorder::new();
    let tracer = recorder.clone();
    program(move |cx| {
        let (source, mut from) = connected(cx);
        let (target, to) = connected(cx);
        *join.borrow_mut() = Some(read_all(to));
        let all = pattern(TOTAL);
        from.write_all(&all[..5]).unwrap();
        let from = Cell::new(Some(from));
        // Something is read before, and something is written before.
        source.once_readable(cx, move |cx, source| {
            assert_eq!(source.readable_length(cx), 5);
            assert!(target.write(cx, "before"));
            trace::set(tracer.clone());
            let record = record.clone();
            let piped = source.pipe_in_kernel(cx, target, options, move |cx, result| {
                record.add(result.unwrap());
                trace::take();
                let total = TOTAL as u64;
                assert_eq!(source.bytes_read(cx), total);
                assert_eq!(target.bytes_written(cx), total + 6);
                for socket in [source, target] {
                    assert!(!socket.is_spliced(cx));
                    socket.destroy(cx);
                }
            });
            piped.unwrap();
            let Some(mut from) = from.take() else { return };
            let all = pattern(TOTAL);
            thread::spawn(move || from.write_all(&all[5..]).unwrap());
        });
    });
    let got = thread.take().unwrap().join().unwrap();
    assert!(got.starts_with(b"before") && got[6..] == pattern(TOTAL));
    assert_eq!(seen.len(), 1);
    assert_eq!(seen.all()[0].bytes, TOTAL as u64);

    let events = recorder.events();
    let calls = |names: &[&str]| {
        let named = |event: &&trace::Event| names.contains(&event.name);
        let calls = events.iter().filter(|event| event.layer == Layer::Sys);
        calls.filter(named).count()
    };
    let copying = calls(&["recv", "recvmsg", "read", "send", "sendmsg", "write"]);
    if splice && IS_LINUX {
        // What waited, and wake-ups.
        assert!(copying < 10, "{copying} calls");
        assert!(calls(&["splice"]) > TOTAL >> 16);
    } else {
        assert!(copying > 2 * (TOTAL >> 16), "{copying} calls");
        assert_eq!(calls(&["splice"]), 0);
    }
}

#[test]
fn sixty_four_mib() {
    scenario(|| through(true));
}

#[test]
fn sixty_four_mib_copied() {
    scenario(|| through(false));
}

/// A target that nobody reads from takes a while; and one that is not to be ended is not.
#[test]
fn a_target_that_goes_on() {
    scenario(|| {
        let total = 4 << 20;
        let seen = Seen::new();
        let record = seen.clone();
        program(move |cx| {
            let ends = Ends::new(cx);
            let options = PipeOptions {
                end: false,
                ..PipeOptions::default()
            };
            ends.pipe(cx, options, &record);
            ends.source.resume(cx);
            ends.from.end_with(cx, pattern(total));
            let record = record.clone();
            expect(cx, ends.to, move |cx, at| {
                if at < total {
                    return;
                }
                assert!(record.all().len() <= 1);
                // All is there, but not the end; that comes by itself.
                assert!(!ends.target.writable_ended(cx) && !ends.to.readable_ended(cx));
                for socket in [ends.from, ends.source, ends.target, ends.to] {
                    let record = record.clone();
                    uvox::env::set_immediate(cx, move |cx| {
                        uvox::env::set_immediate(cx, move |cx| {
                            assert_eq!(record.len(), 1);
                            socket.destroy(cx);
                        });
                    });
                }
            });
        });
        assert_eq!(seen.all(), [format!("Eof, {total}")]);
    });
}

/// The source has said all that it had to say before it is piped.
#[test]
fn a_source_that_is_at_its_end() {
    scenario(|| {
        let seen = Seen::new();
        let reader = Rc::new(RefCell::new(None));
        let (record, join) = (seen.clone(), reader.clone());
        program(move |cx| {
            let (own, mut from) = tcp_pair();
            let (target, to) = connected(cx);
            let source = socket(cx, own, Default::default());
            from.write_all(b"all of it").unwrap();
            drop(from);
            // The end has come, and what was before it waits.
            let mut begun = false;
            source.on_readable(cx, move |cx, source| {
                if std::mem::replace(&mut begun, true) {
                    return;
                }
                let heard = record.clone();
                let options = PipeOptions::default();
                let piped = source.pipe_in_kernel(cx, target, options, move |cx, result| {
                    heard.add(format!("{:?}", result.unwrap()));
                    target.destroy(cx);
                });
                piped.unwrap();
                let heard = record.clone();
                source.on_end(cx, move |_, _| heard.add("end".to_owned()));
            });
            *join.borrow_mut() = Some(read_all(to));
        });
        let got = reader.take().unwrap().join().unwrap();
        assert_eq!(got, b"all of it");
        let piped = "Piped { end: Eof, bytes: 9 }".to_owned();
        assert_eq!(seen.all(), ["end".to_owned(), piped]);
    });
}
