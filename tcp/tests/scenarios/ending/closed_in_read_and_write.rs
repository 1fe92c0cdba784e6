//! A handle is closed by the callbacks of its own reads, writes and shutdown, and by that of its close nothing is left of it.

use uvox_loop::{Errno, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close_and_end, connected, hosts, scenario};

#[test]
fn in_each_of_them() {
    scenario(|| {
        for host in hosts() {
            for place in ["read", "write", "shutdown"] {
                let mut lp = Loop::new().unwrap();
                let (ours, theirs) = connected(&mut lp, host);
                theirs.write(&mut lp, b"hello", |_, _, _| ()).unwrap();
                let seen = Seen::new();
                let act = |name: &'static str| {
                    let record = seen.clone();
                    move |cx: &mut uvox_loop::Ctx, ended: Option<Errno>| {
                        record.add((name, ended));
                        if name == place {
                            let record = record.clone();
                            let gone = move |cx: &mut uvox_loop::Ctx| {
                                assert!(cx.info(ours).is_none());
                                assert_eq!(ours.getsockname(cx), Err(Errno::EBADF));
                                record.add(("closed", None));
                            };
                            cx.close(ours, gone).unwrap();
                        }
                    }
                };
                let (read, write, shut) = (act("read"), act("write"), act("shutdown"));
                ours.read_start(&mut lp, move |cx, ours, data| {
                    ours.read_stop(cx).unwrap();
                    read(cx, data.err());
                })
                .unwrap();
                if place != "read" {
                    ours.write(&mut lp, b"x", move |cx, _, written| {
                        write(cx, written.status.err());
                    })
                    .unwrap();
                    ours.shutdown(&mut lp, move |cx, _, result| shut(cx, result.err()))
                        .unwrap();
                }
                assert!(!lp.run(RunMode::Default).unwrap());
                let mut seen = seen.all();
                // Whether there is something to read before is the kernel's affair.
                seen.retain(|(name, _)| *name != "read" || place == "read");
                let cancelled = Some(Errno::ECANCELED);
                let expected = match place {
                    "read" => vec![("read", None), ("closed", None)],
                    "write" => vec![("write", None), ("shutdown", cancelled), ("closed", None)],
                    _ => vec![("write", None), ("shutdown", None), ("closed", None)],
                };
                assert_eq!(seen, expected, "{place}");
                close_and_end(lp, &[theirs]);
            }
        }
    });
}

/// Two writes, a shutdown and a close, all in one callback: each is told of, in order.
#[test]
fn everything_in_one_callback() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, theirs) = connected(&mut lp, hosts()[0]);
        let seen = Seen::new();
        let record = seen.clone();
        theirs.write(&mut lp, b"now", |_, _, _| ()).unwrap();
        ours.read_start(&mut lp, move |cx, stream, _| {
            let ours = Tcp::from_key(stream);
            let flood = vec![0; 16 << 20];
            for bytes in [&b"small"[..], &flood] {
                let (record, small) = (record.clone(), bytes.len() == 5);
                ours.write(cx, bytes, move |_, _, written| {
                    record.add((if small { "small" } else { "flood" }, written.status));
                })
                .unwrap();
            }
            let (shut, closed) = (record.clone(), record.clone());
            ours.shutdown(cx, move |_, _, result| shut.add(("shut", result)))
                .unwrap();
            cx.close(ours, move |_| closed.add(("closed", Ok(()))))
                .unwrap();
            assert!(record.is_empty(), "told from inside a call");
        })
        .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        let cancelled = Err(Errno::ECANCELED);
        let expected = [
            ("small", Ok(())),
            ("flood", cancelled),
            ("shut", cancelled),
            ("closed", Ok(())),
        ];
        assert_eq!(seen.all(), expected);
        close_and_end(lp, &[theirs]);
    });
}
