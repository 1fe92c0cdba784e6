//! Text at the border between what is encoded on the stack and what is encoded on the heap: 16,384 bytes, and one more. What the call says is the
//! same on both sides, with room and without; only a write that fails at once is not counted below it, and counted above.

use uvox_loop::trace::{self, Recorder, Value};
use uvox_loop::{Ctx, Errno};
use uvox_stream::node::{Encoding, HandleWrap, STACK_STORAGE, StreamBase, StreamWriteResult};

use super::common::{Over, Seen, TOO_MUCH, keep, over_both, shutdown, text, until};

type Told = Seen<(&'static str, Result<(), Errno>)>;

/// Texts on both sides of the border.
fn texts() -> Vec<(String, Encoding)> {
    let mut texts = Vec::new();
    for size in [0, 1024, 1025, STACK_STORAGE, STACK_STORAGE + 1] {
        texts.push((text(size), Encoding::Latin1));
        texts.push((text(size), Encoding::Ascii));
        texts.push((text(size), Encoding::Utf8));
        texts.push((text(size.div_ceil(2)), Encoding::Ucs2));
    }
    texts
}

fn write(
    cx: &mut Ctx,
    base: StreamBase,
    text: &str,
    encoding: Encoding,
    seen: &Told,
) -> (StreamWriteResult, u64) {
    let before = base.bytes_written(cx);
    let seen = seen.clone();
    let result = base.write_string(cx, text, encoding, move |_, _, status| {
        seen.add(("text", status));
    });
    (result, base.bytes_written(cx) - before)
}

#[test]
fn with_room() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let (data, _) = keep(&mut pair.lp, other);
        let mut all = Vec::new();
        for (text, encoding) in texts() {
            let size = encoding.size(&text);
            let (result, counted) = write(&mut pair.lp, one, &text, encoding, &seen);
            assert!(!result.is_async, "{size} bytes of {encoding:?}");
            assert_eq!((result.err, result.wrap, result.bytes), (None, None, size));
            assert_eq!(counted, size as u64);
            all.extend(encoding.to_vec(&text));
            pair.until_read(other, all.len());
        }
        assert!(data.all() == all, "something else arrived");
        assert!(seen.is_empty());
    });
}

#[test]
fn without_room() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        pair.fill(&seen);
        let mut all = vec![7; TOO_MUCH];
        let mut queued = one.write_queue_size(&pair.lp);
        for (text, encoding) in texts() {
            let size = encoding.size(&text);
            let (result, counted) = write(&mut pair.lp, one, &text, encoding, &seen);
            assert!(result.is_async, "{size} bytes of {encoding:?}");
            assert!(result.wrap.is_some());
            assert_eq!((result.err, result.bytes), (None, size));
            assert_eq!(counted, size as u64);
            queued += size;
            assert_eq!(one.write_queue_size(&pair.lp), queued);
            all.extend(encoding.to_vec(&text));
        }
        let (data, _) = keep(&mut pair.lp, other);
        pair.until_read(other, all.len());
        assert!(data.all() == all, "something else arrived");
        until(&mut pair.lp, |_| seen.len() == 1 + texts().len());
    });
}

/// A text that goes out in part is one write, of all its bytes.
#[test]
fn with_room_for_a_part() {
    over_both(|pair| {
        let (one, other) = (pair.one, pair.other);
        let seen = Seen::new();
        let text = text(STACK_STORAGE - 1);
        let mut all = Vec::new();
        let (mut encoding, mut next) = (Encoding::Latin1, Encoding::Utf8);
        loop {
            let (result, counted) = write(&mut pair.lp, one, &text, encoding, &seen);
            assert_eq!((result.err, result.bytes), (None, text.len()));
            assert_eq!(counted, text.len() as u64);
            all.extend(text.bytes());
            std::mem::swap(&mut encoding, &mut next);
            if result.is_async {
                break;
            }
        }
        let queued = one.write_queue_size(&pair.lp);
        assert!(0 < queued && queued <= text.len(), "{queued} are queued");
        if pair.over == Over::Memory {
            // Of 65,536 bytes the first four texts leave four.
            assert_eq!((all.len(), queued), (5 * text.len(), text.len() - 4));
        }
        let (data, _) = keep(&mut pair.lp, other);
        pair.until_read(other, all.len());
        until(&mut pair.lp, |_| seen.len() == 1);
        assert!(data.all() == all, "something else arrived");
        assert_eq!(seen.all(), [("text", Ok(()))]);
    });
}

/// What fails at once is counted if it was too long for the stack, by what Node sets aside; as bytes are, of whatever length.
#[test]
fn a_failure_counts_above_the_border_only() {
    over_both(|pair| {
        let one = pair.one;
        let seen = Seen::new();
        shutdown(&mut pair.lp, one, &seen).unwrap();
        let cases = [
            (Encoding::Latin1, 5_462, false),
            (Encoding::Latin1, 16_384, false),
            (Encoding::Latin1, 16_385, true),
            (Encoding::Ascii, 16_384, false),
            (Encoding::Ascii, 16_385, true),
            (Encoding::Ucs2, 8_192, false),
            (Encoding::Ucs2, 8_193, true),
            (Encoding::Utf8, 5_461, false),
            (Encoding::Utf8, 5_462, true),
            (Encoding::Utf8, 16_384, true),
        ];
        for (encoding, units, counts) in cases {
            let text = text(units);
            let size = encoding.size(&text);
            let (result, counted) = write(&mut pair.lp, one, &text, encoding, &seen);
            assert_eq!(result.err, Some(Errno::EPIPE));
            assert!(!result.is_async);
            assert_eq!(result.bytes, size);
            let expected = if counts { size as u64 } else { 0 };
            assert_eq!(counted, expected, "{units} units of {encoding:?}");
        }
        let before = one.bytes_written(&pair.lp);
        let failed = super::common::write(&mut pair.lp, one, b"1234567", "bytes", &seen);
        assert_eq!((failed.err, failed.bytes), (Some(Errno::EPIPE), 7));
        assert_eq!(one.bytes_written(&pair.lp) - before, 7);
    });
}

/// Behind what is queued nothing is tried at once, so it fails when it is to be queued: that is counted, whatever its length.
#[test]
fn a_failure_behind_what_is_queued_counts() {
    over_both(|pair| {
        let one = pair.one;
        let seen = Seen::new();
        pair.fill(&seen);
        shutdown(&mut pair.lp, one, &seen).unwrap();
        for encoding in [Encoding::Latin1, Encoding::Utf8, Encoding::Ucs2] {
            let (result, counted) = write(&mut pair.lp, one, "short", encoding, &seen);
            assert_eq!((result.err, result.is_async), (Some(Errno::EPIPE), false));
            assert_eq!(counted, result.bytes as u64, "{encoding:?}");
        }
        one.close(&mut pair.lp, |_| ());
        let (result, counted) = write(&mut pair.lp, one, "short", Encoding::Latin1, &seen);
        assert_eq!((result.err, result.bytes), (Some(Errno::EBADF), 5));
        assert_eq!(counted, 5);
    });
}

#[test]
fn a_trace_shows_on_which_side_a_text_is() {
    over_both(|pair| {
        let seen = Seen::new();
        let recorder = Recorder::new();
        let (_data, _) = keep(&mut pair.lp, pair.other);
        for (text, encoding) in texts() {
            recorder.clear();
            trace::set(recorder.clone());
            let _ = write(&mut pair.lp, pair.one, &text, encoding, &seen);
            trace::take();
            let events = recorder.events();
            let size = encoding.size(&text);
            // UTF-8 is measured as Node does.
            let is_utf8 = encoding == Encoding::Utf8;
            let fast = if is_utf8 { 3 * size } else { size } <= STACK_STORAGE;
            let storage = match (is_utf8, fast) {
                (true, _) => "in place",
                (false, true) => "stack",
                (false, false) => "heap",
            };
            assert_eq!(events[0].name, "base.write_string");
            let expected: [(_, Value); 4] = [
                ("encoding", encoding.name().into()),
                ("bytes", size.into()),
                ("storage", storage.into()),
                ("fast", fast.into()),
            ];
            assert_eq!(events[0].args, expected);
            let begun = events.iter().find(|event| event.name == "base.write");
            assert_eq!(begun.unwrap().cause, Some(events[0].seq));
        }
    });
}
