//! A stream that is wrapped is read by its wrap, or, while that does not read, beside it: then the reader's own buffers are used, whatever the wrap would give.

use std::io::Write;

use uvox_loop::{Errno, Loop};
use uvox_stream::node::LibuvStreamWrap;
use uvox_stream::uv::ReadBuffer;

use crate::common::{Seen, close_and_end, scenario, stream_on, tcp_pair, until};

#[test]
fn read_beside_its_wrap() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (ours, mut peer) = tcp_pair();
        let stream = stream_on(&mut lp, ours);
        let wrap = LibuvStreamWrap::new(&mut lp, stream).unwrap();
        let seen = Seen::new();

        let record = seen.clone();
        wrap.set_on_read(&mut lp, move |_, _, got| {
            record.add(("wrap", got.map(<[u8]>::to_vec)));
        });
        let record = seen.clone();
        let on_read = move |_: &mut _, _, buffer: ReadBuffer<'_>, got: Result<usize, Errno>| {
            let who = match &buffer {
                ReadBuffer::Own(_) => "its own",
                ReadBuffer::Lent(_) => "lent",
            };
            record.add((who, got.map(|count| buffer[..count].to_vec())));
        };

        wrap.read_start(&mut lp).unwrap();
        peer.write_all(b"abc").unwrap();
        until(&mut lp, |_| seen.len() == 1);
        assert_eq!(
            stream.read_start_into(&mut lp, |_, _, _| None, on_read.clone()),
            Err(Errno::EALREADY)
        );

        wrap.read_stop(&mut lp).unwrap();
        stream
            .read_start_into(&mut lp, |_, _, _| Some(vec![0; 10]), on_read)
            .unwrap();
        assert_eq!(wrap.read_start(&mut lp), Err(Errno::EALREADY));
        peer.write_all(b"def").unwrap();
        until(&mut lp, |_| seen.len() == 2);

        stream.read_stop(&mut lp).unwrap();
        wrap.read_start(&mut lp).unwrap();
        peer.write_all(b"ghi").unwrap();
        until(&mut lp, |_| seen.len() == 3);
        let expected = [
            ("wrap", Ok(b"abc".to_vec())),
            ("its own", Ok(b"def".to_vec())),
            ("wrap", Ok(b"ghi".to_vec())),
        ];
        assert_eq!(seen.all(), expected);
        assert_eq!(wrap.bytes_read(&lp), 6);
        close_and_end(lp, &[stream]);
    });
}
