//! A bound of zero counts as one, and one beyond reason does not take memory beyond reason.

use uvox_loop::{Loop, RunMode};

use crate::common::{end, scenario};
use crate::readiness::probe::Probe;
use crate::readiness::until;

#[test]
fn absurd_bounds_are_cut() {
    for bound in [0, usize::MAX] {
        scenario(|| {
            let mut lp = Loop::builder()
                .budgets(|budgets| budgets.events = bound)
                .build()
                .unwrap();
            assert_eq!(lp.budgets().events, if bound == 0 { 1 } else { 65_536 });
            let (_reader, writer) = std::io::pipe().unwrap();
            let probe = Probe::new(&mut lp, writer);
            until(&mut lp, |lp| probe.said(lp).can_write());
            probe.close(&mut lp);
            lp.run(RunMode::Default).unwrap();
            end(lp);
        });
    }
}
