//! One registration tells of both directions, also when both change at once.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use uvox_loop::{Ready, RunMode};

use super::probe::Probe;
use super::{settle, until};
use crate::common::{end, new_loop, scenario};

#[test]
fn both_directions_at_once() {
    scenario(|| {
        let mut lp = new_loop();
        let (mut peer, ours) = UnixStream::pair().unwrap();
        let mut writer = ours.try_clone().unwrap();
        let probe = Probe::new(&mut lp, ours);
        settle(&mut lp);
        assert_eq!(probe.said(&mut lp), Ready::WRITABLE);

        // Full: no word of it, and none until there is room.
        let sent = loop_until_full(&mut writer);
        settle(&mut lp);
        assert_eq!(probe.said(&mut lp), Ready::NONE);

        peer.write_all(b"x").unwrap();
        let mut room = vec![0; sent];
        peer.read_exact(&mut room).unwrap();
        let both = Ready::READABLE | Ready::WRITABLE;
        let mut said = Ready::NONE;
        until(&mut lp, |lp| {
            said |= probe.said(lp);
            said.contains(both)
        });
        assert_eq!(said, both);
        probe.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

/// Writes until there is no room; returns how much it was.
fn loop_until_full(writer: &mut UnixStream) -> usize {
    let mut sent = 0;
    loop {
        match writer.write(&[0; 4096]) {
            Ok(count) => sent += count,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                return sent;
            }
        }
    }
}
