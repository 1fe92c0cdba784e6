//! One end of a pipe reads and the other writes; watching either for everything is no error.

use std::io::{Write, pipe};

use uvox_loop::{Ready, RunMode};

use crate::common::{end, new_loop, scenario};
use crate::readiness::probe::Probe;
use crate::readiness::until;

#[test]
fn both_ends_of_a_pipe_can_be_watched() {
    scenario(|| {
        let mut lp = new_loop();
        let (reader, writer) = pipe().unwrap();
        let mut other_writer = writer.try_clone().unwrap();
        let reads = Probe::new(&mut lp, reader);
        let writes = Probe::new(&mut lp, writer);
        until(&mut lp, |lp| writes.said(lp).contains(Ready::WRITABLE));
        assert!(!reads.said(&mut lp).intersects(Ready::READABLE));
        other_writer.write_all(b"x").unwrap();
        until(&mut lp, |lp| reads.said(lp).contains(Ready::READABLE));
        for probe in [reads, writes] {
            probe.close(&mut lp);
        }
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}

#[test]
fn also_when_the_other_end_is_gone() {
    scenario(|| {
        let mut lp = new_loop();
        let (reader, writer) = pipe().unwrap();
        drop(writer);
        let reads = Probe::new(&mut lp, reader);
        until(&mut lp, |lp| reads.said(lp).can_read());
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let writes = Probe::new(&mut lp, writer);
        until(&mut lp, |lp| !writes.said(lp).is_empty());
        for probe in [reads, writes] {
            probe.close(&mut lp);
        }
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
