//! One message is no longer than a datagram can be.

use uvox_loop::Loop;

use super::{all_of, messages, numbered, took, try_all};
use crate::common::{COALESCES, bound, close_and_end, hosts, listen, scenario, until};

#[test]
#[cfg_attr(target_vendor = "apple", ignore = "its datagrams are not that long")]
fn over_65507_bytes() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (udp, to) = bound(&mut lp, host);
            // There is to be room for all that is sent at once.
            udp.set_receive_buffer_size(&mut lp, 1 << 20).unwrap();
            udp.set_send_buffer_size(&mut lp, 1 << 20).unwrap();
            let heard = listen(&mut lp, udp);
            let cases: &[(&[usize], u64)] = &[
                (&[1400; 46], 1),
                // 46 make 64,400 bytes.
                (&[1400; 47], 2),
                (&[1400; 64], 2),
                (&[32_753, 32_753, 1], 1),
                (&[32_753, 32_753, 2], 2),
                (&[32_754, 32_754], 2),
                (&[65_507, 1], 2),
                (&[65_000, 507], 1),
            ];
            for (sizes, expected) in cases {
                let datagrams = numbered(sizes);
                let (sent, calls) = messages(|| try_all(&mut lp, udp, &datagrams, Some(to)));
                assert_eq!(sent, Ok(sizes.len()), "{sizes:?}");
                if COALESCES {
                    assert_eq!(calls, took(&[*expected]), "{sizes:?}");
                }
                until(&mut lp, |_| heard.len() == sizes.len());
                assert_eq!(heard.take(), all_of(&datagrams));
            }
            close_and_end(lp, &[udp]);
        }
    });
}
