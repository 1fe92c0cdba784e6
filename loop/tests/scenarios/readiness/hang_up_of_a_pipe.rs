//! When one end of a pipe or a socket is gone, the other is told, in the direction it uses.

use std::io::{Write, pipe};
use std::net::Shutdown;
use std::os::unix::net::UnixStream;

use uvox_loop::{Loop, Ready, RunMode};

use super::probe::Probe;
use super::{settle, until};
use crate::common::{end, new_loop, scenario};

/// Waits until what was said of the probe satisfies `enough`, and returns it.
fn said_until(lp: &mut Loop, probe: Probe, enough: impl Fn(Ready) -> bool) -> Ready {
    let mut said = Ready::NONE;
    until(lp, |lp| {
        said |= probe.said(lp);
        enough(said)
    });
    said
}

#[test]
fn the_reader_learns_that_the_writer_is_gone() {
    scenario(|| {
        let mut lp = new_loop();
        let (reader, mut writer) = pipe().unwrap();
        let probe = Probe::new(&mut lp, reader);
        settle(&mut lp);
        probe.said(&mut lp);
        writer.write_all(b"x").unwrap();
        drop(writer);
        let end_is_near = |said: Ready| said.intersects(Ready::READ_CLOSED | Ready::HANG_UP);
        let said = said_until(&mut lp, probe, end_is_near);
        assert!(said.can_read(), "{said:?}");
        probe.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn the_writer_learns_that_the_reader_is_gone() {
    scenario(|| {
        let mut lp = new_loop();
        let (reader, writer) = pipe().unwrap();
        let probe = Probe::new(&mut lp, writer);
        settle(&mut lp);
        probe.said(&mut lp);
        drop(reader);
        said_until(&mut lp, probe, Ready::can_write);
        probe.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_socket_whose_peer_is_gone_is_closed_both_ways() {
    scenario(|| {
        let mut lp = new_loop();
        let (peer, ours) = UnixStream::pair().unwrap();
        let probe = Probe::new(&mut lp, ours);
        settle(&mut lp);
        drop(peer);
        let said = said_until(&mut lp, probe, |said| said.contains(Ready::HANG_UP));
        assert!(said.contains(Ready::READ_CLOSED), "{said:?}");
        probe.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn a_socket_whose_peer_only_stopped_sending_is_not() {
    scenario(|| {
        let mut lp = new_loop();
        let (peer, ours) = UnixStream::pair().unwrap();
        let probe = Probe::new(&mut lp, ours);
        settle(&mut lp);
        peer.shutdown(Shutdown::Write).unwrap();
        let said = said_until(&mut lp, probe, |said| said.contains(Ready::READ_CLOSED));
        assert!(!said.contains(Ready::HANG_UP), "{said:?}");
        probe.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
