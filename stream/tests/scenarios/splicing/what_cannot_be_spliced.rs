//! What is refused at once, with which error; what the kernel cannot; and what stands in its way: urgent data.

use std::io::Write;
use std::os::unix::net::UnixStream;

use socket2::SockRef;
use uvox_loop::{Errno, Loop, RunMode, sys};
use uvox_stream::uv::{SpliceEnd, Stream};

use super::{Both, Tcp, ended, read_all};
use crate::common::{Seen, close_and_end, scenario, stream_on, unconnected, until, with_socket};

fn refused(lp: &mut Loop, source: Stream, sink: Stream) -> Errno {
    source
        .splice_to(lp, sink, |_, _, _| panic!("called"))
        .unwrap_err()
}

#[test]
fn refused_at_once() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: Tcp = Both::new(&mut lp);
        let more: Tcp = Both::new(&mut lp);
        let bare = unconnected(&mut lp);
        assert_eq!(refused(&mut lp, bare, both.sink), Errno::ENOTCONN);
        assert_eq!(refused(&mut lp, both.source, bare), Errno::EPIPE);

        let (one, _other) = UnixStream::pair().unwrap();
        let connecting = with_socket(&mut lp, one.into());
        connecting
            .begin_connect(&mut lp, Err(Errno::EINPROGRESS), |_, _, _| ())
            .unwrap();
        assert_eq!(refused(&mut lp, connecting, both.sink), Errno::ENOTCONN);
        assert_eq!(refused(&mut lp, both.source, connecting), Errno::ENOTCONN);

        both.source.read_start(&mut lp, |_, _, _| ()).unwrap();
        assert_eq!(refused(&mut lp, both.source, both.sink), Errno::EALREADY);
        both.source.read_stop(&mut lp).unwrap();

        let seen = both.splice(&mut lp);
        assert_eq!(refused(&mut lp, both.source, more.sink), Errno::EALREADY);
        assert_eq!(refused(&mut lp, more.source, both.sink), Errno::EBUSY);
        let read = both.source.read_start(&mut lp, |_, _, _| ());
        assert_eq!(read, Err(Errno::EALREADY));
        for stream in [both.source, both.sink] {
            let fd = stream.into_owned_fd(&mut lp);
            assert_eq!(fd.unwrap_err(), Errno::EBUSY);
        }

        more.sink.shutdown(&mut lp, |_, _, _| ()).unwrap();
        assert_eq!(refused(&mut lp, more.source, more.sink), Errno::EPIPE);
        lp.close(more.source, |_| ()).unwrap();
        assert_eq!(refused(&mut lp, more.source, both.sink), Errno::EINVAL);
        assert_eq!(refused(&mut lp, both.sink, more.source), Errno::EINVAL);
        until(&mut lp, |cx| cx.info(more.source).is_none());
        assert_eq!(refused(&mut lp, more.source, both.sink), Errno::EBADF);
        assert_eq!(refused(&mut lp, both.sink, more.source), Errno::EBADF);
        assert_eq!(more.source.splice_stop(&mut lp), Err(Errno::EBADF));
        assert_eq!(more.source.splice_counts(&lp), None);
        assert!(seen.is_empty());
        close_and_end(lp, &[both.source, both.sink, more.sink, bare, connecting]);
    });
}

/// Ends of pipes do: a pipe of the user's, the kernel's pipe between, and a socket.
#[test]
fn ends_of_pipes() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (reader, writer) = sys::pipe().unwrap();
        let source = stream_on(&mut lp, reader);
        let both: Tcp = Both::new(&mut lp);
        let Both { sink, mut to, .. } = both;
        let seen = Seen::new();
        let record = seen.clone();
        source
            .splice_to(&mut lp, sink, move |_, _, spliced| record.add(spliced))
            .unwrap();
        let mut writer = std::fs::File::from(writer);
        writer.write_all(b"through two pipes").unwrap();
        assert_eq!(read_all(&mut lp, &mut to, 17), b"through two pipes");
        drop(writer);
        until(&mut lp, |_| !seen.is_empty());
        assert_eq!(seen.all(), [ended(SpliceEnd::Eof, 17)]);
        close_and_end(lp, &[source, sink, both.source]);
    });
}

/// The kernel stops at urgent data, for good, and says of it what it says of the end.
#[test]
#[cfg_attr(
    uvox_kqueue,
    ignore = "libkqueue asks how much there is up to the mark, which is nothing, and does not tell"
)]
fn urgent_data_is_not_the_end() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let both: Tcp = Both::new(&mut lp);
        let seen = both.splice(&mut lp);
        let Both {
            source,
            sink,
            mut from,
            mut to,
        } = both;
        from.write_all(b"before").unwrap();
        assert_eq!(read_all(&mut lp, &mut to, 6), b"before");
        SockRef::from(&from).send_out_of_band(b"!").unwrap();
        for _ in 0..20 {
            lp.run(RunMode::NoWait).unwrap();
        }
        assert!(seen.is_empty());
        from.write_all(b"behind").unwrap();
        until(&mut lp, |_| !seen.is_empty());
        let end = SpliceEnd::Unsupported(Errno::EINVAL);
        assert_eq!(seen.all(), [ended(end, 6)]);
        // A read gets past it, and then it can be spliced again.
        let got = Seen::new();
        let record = got.clone();
        source
            .read_start(&mut lp, move |cx, stream, read| {
                record.add(read.unwrap().to_vec());
                stream.read_stop(cx).unwrap();
            })
            .unwrap();
        until(&mut lp, |_| !got.is_empty());
        assert_eq!(got.all(), [b"behind"]);
        let record = seen.clone();
        source
            .splice_to(&mut lp, sink, move |_, _, spliced| record.add(spliced))
            .unwrap();
        from.write_all(b"after").unwrap();
        assert_eq!(read_all(&mut lp, &mut to, 5), b"after");
        drop(from);
        until(&mut lp, |_| seen.len() == 2);
        assert_eq!(seen.all()[1], ended(SpliceEnd::Eof, 5));
        close_and_end(lp, &[source, sink]);
    });
}
