//! A pipe is taken apart in the middle: what has gone through has arrived, and the rest is read.

use std::cell::RefCell;
use std::rc::Rc;

use uvox::net::{PipeEnd, PipeOptions, Piped};
use uvox_testing::{Seen, scenario};

use super::{Ends, pattern, program};

const TOTAL: usize = 8 << 20;

/// What came out of the target, and what of the source; and what the callback said.
fn in_the_middle(splice: bool) -> (Vec<u8>, Vec<u8>, Vec<Piped>) {
    let through = Rc::new(RefCell::new(Vec::new()));
    let rest = Rc::new(RefCell::new(Vec::new()));
    let told = Seen::new();
    let (arrived, read, record) = (through.clone(), rest.clone(), told.clone());
    program(move |cx| {
        let ends = Ends::new(cx);
        let options = PipeOptions { splice, end: true };
        let heard = move |cx: &mut uvox::event_loop::Ctx, result: Result<Piped, uvox::Error>| {
            record.add(result.unwrap());
            // The target is as ever.
            ends.target.end_with(cx, "!");
        };
        ends.source
            .pipe_in_kernel(cx, ends.target, options, heard)
            .unwrap();
        ends.from.end_with(cx, pattern(TOTAL));
        let mut read = Some(read);
        ends.to.on_data(cx, move |cx, _, chunk| {
            arrived.borrow_mut().extend_from_slice(chunk.as_bytes());
            let Some(read) = read.take() else { return };
            assert!(ends.source.unpipe_in_kernel(cx));
            assert!(!ends.source.unpipe_in_kernel(cx));
            ends.source.on_data(cx, move |_, _, chunk| {
                read.borrow_mut().extend_from_slice(chunk.as_bytes());
            });
        });
        for socket in [ends.from, ends.target] {
            socket.resume(cx);
        }
        for socket in [ends.source, ends.to] {
            socket.on_end(cx, |cx, socket| socket.end(cx));
        }
    });
    (through.take(), rest.take(), told.take())
}

#[test]
fn in_the_middle_nothing_is_lost() {
    scenario(|| {
        for splice in [true, false] {
            let (mut through, rest, told) = in_the_middle(splice);
            assert_eq!(through.pop(), Some(b'!'));
            let piped = Piped {
                end: PipeEnd::Unpiped,
                bytes: through.len() as u64,
            };
            assert_eq!(told, [piped]);
            assert!(!rest.is_empty());
            through.extend(rest);
            assert!(through == pattern(TOTAL), "spliced: {splice}");
        }
    });
}

/// Before it has begun there is nothing to take apart.
#[test]
fn before_it_begins() {
    scenario(|| {
        let told = Seen::new();
        let record = told.clone();
        program(move |cx| {
            let ends = Ends::new(cx);
            // What is in the way of the pipe.
            ends.target.cork(cx);
            ends.target.write(cx, "first");
            ends.pipe(cx, PipeOptions::default(), &record);
            assert!(!ends.source.is_spliced(cx));
            assert!(ends.source.unpipe_in_kernel(cx));
            ends.target.uncork(cx);
            ends.from.write(cx, "for the source");
            ends.source.on_data(cx, move |cx, source, chunk| {
                assert_eq!(*chunk, "for the source");
                // And once more, all the way.
                ends.pipe(cx, PipeOptions::default(), &record);
                ends.from.end(cx);
                source.end(cx);
            });
            ends.from.resume(cx);
            ends.target.resume(cx);
            ends.to
                .on_data(cx, |_, _, chunk| assert_eq!(*chunk, "first"));
            ends.to.on_end(cx, |cx, to| to.end(cx));
        });
        assert_eq!(told.all(), ["Unpiped, 0", "Eof, 0"]);
    });
}
