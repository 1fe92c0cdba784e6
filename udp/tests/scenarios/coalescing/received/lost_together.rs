//! When the socket's buffer is full, what was put together is lost together; what is received is whole.
#![cfg(any(target_os = "linux", target_os = "android"))]

use uvox_loop::{Loop, RunMode};

use super::{bytes, count, listen_to_batches, numbered, send_all};
use crate::common::{bound, close_and_end, scenario, until};

#[test]
fn lost_together() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (udp, to) = bound(&mut lp, [127, 0, 0, 1]);
        udp.set_receive_buffer_size(&mut lp, 0).unwrap();
        let heard = listen_to_batches(&mut lp, udp);
        let datagrams = numbered(&[1000; 40]);
        for _ in 0..5 {
            send_all(&mut lp, udp, &datagrams, to);
        }
        until(&mut lp, |_| !heard.is_empty());
        lp.run(RunMode::NoWait).unwrap();
        let arrived = count(&heard);
        assert!(arrived < 200 && arrived.is_multiple_of(40), "{arrived}");
        assert_eq!(
            bytes(&heard),
            vec![datagrams.clone(); arrived / 40].concat()
        );
        // There is room again.
        send_all(&mut lp, udp, &datagrams, to);
        until(&mut lp, |_| count(&heard) == arrived + 40);
        close_and_end(lp, &[udp]);
    });
}
