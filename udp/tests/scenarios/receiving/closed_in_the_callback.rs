//! A handle that is closed in its callback hears no more, though more came together with that.

use std::net::Ipv4Addr;

use uvox_loop::{Errno, Loop, RunMode};

use crate::common::{Seen, bound, close, end, scenario};

#[test]
fn closed_in_the_callback() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        let (other, elsewhere) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        for _ in 0..5 {
            assert_eq!(udp.try_send(&mut lp, b"x", to), Ok(1));
            assert_eq!(udp.try_send(&mut lp, b"x", elsewhere), Ok(1));
        }
        let seen = Seen::new();
        for handle in [udp, other] {
            let record = seen.clone();
            handle
                .recv_start(&mut lp, move |cx, handle, datagram| {
                    assert_eq!(datagram.unwrap().bytes, b"x");
                    record.add("datagram");
                    // Both, whichever comes first.
                    for handle in [udp, other] {
                        close(cx, handle);
                    }
                    let sent = handle.send(cx, b"x", to, |_, _, _| panic!("it is closed"));
                    assert_eq!(sent, Err(Errno::EINVAL));
                    assert_eq!(handle.recv_stop(cx), Ok(()));
                })
                .unwrap();
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["datagram"]);
        assert_eq!(udp.recv_stop(&mut lp), Err(Errno::EBADF));
        end(lp);
    });
}

/// As a batch, too.
#[test]
fn in_a_batch() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, Ipv4Addr::LOCALHOST);
        for _ in 0..5 {
            assert_eq!(udp.try_send(&mut lp, b"x", to), Ok(1));
        }
        let seen = Seen::new();
        let record = seen.clone();
        udp.recv_start_batch(&mut lp, move |cx, udp, batch| {
            let batch = batch.unwrap();
            assert_eq!(batch.next().unwrap().bytes, b"x");
            close(cx, udp);
            // They are lent until this returns.
            record.add(batch.count());
        })
        .unwrap();
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), [4]);
        end(lp);
    });
}
