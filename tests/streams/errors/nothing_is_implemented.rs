//! A stream that was made without what it is asked for fails with that.

use uvox::streams::{Custom, Options};

use crate::common::{Seen, program, scenario};

#[test]
fn nothing_is_implemented() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let source = Custom::new().readable(cx, &Options::new());
            let target = Custom::new().writable(cx, &Options::new());
            for stream in [source, target] {
                let log = log.clone();
                stream.on_error(cx, move |_, _, error| log.add(error.to_string()));
            }
            source.resume(cx);
            target.write(cx, "text");
        });
        let lines = [
            "The _write() method is not implemented",
            "The _read() method is not implemented",
        ];
        let mut all = seen.all();
        all.sort_by(|a, b| b.cmp(a));
        assert_eq!(all, lines);
    });
}

/// One that can only be read is not harmed by a write; who asks hears of it.
#[test]
fn a_write_to_what_can_only_be_read() {
    scenario(|| {
        let seen = Seen::new();
        let log = seen.clone();
        program(move |cx| {
            let source = Custom::new()
                .read(|_, _, _| ())
                .readable(cx, &Options::new());
            let (on_write, on_end) = (log.clone(), log);
            assert!(!source.write_then(cx, "text", move |_, result| {
                on_write.add(result.unwrap_err().code().to_owned());
            }));
            source.end_then(cx, None, move |_, result| {
                on_end.add(result.unwrap_err().code().to_owned());
            });
            assert!(!source.is_destroyed(cx));
            source.destroy(cx, None);
        });
        assert_eq!(seen.all(), ["ERR_METHOD_NOT_IMPLEMENTED"; 2]);
    });
}
