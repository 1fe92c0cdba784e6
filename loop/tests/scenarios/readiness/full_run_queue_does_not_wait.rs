//! While anything stands in the run queue, the loop and a host that polls it must not wait.

use std::os::unix::net::UnixStream;
use std::time::Duration;

use uvox_loop::RunMode;

use super::probe::Probe;
use super::settle;
use crate::common::{end, new_loop, scenario};

#[test]
fn full_run_queue_does_not_wait() {
    scenario(|| {
        let mut lp = new_loop();
        let (_peer, ours) = UnixStream::pair().unwrap();
        let probe = Probe::new(&mut lp, ours);
        settle(&mut lp);
        let calls = probe.calls(&lp);
        assert_eq!(lp.backend_timeout(), None);

        lp.feed(probe).unwrap();
        assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
        // It would wait for ever otherwise.
        lp.run(RunMode::Once).unwrap();
        assert_eq!(probe.calls(&lp), calls + 1);
        assert_eq!(lp.backend_timeout(), None);

        // Standing there once is enough; once for each reason.
        lp.requeue(probe).unwrap();
        lp.requeue(probe).unwrap();
        lp.feed(probe).unwrap();
        lp.feed(probe).unwrap();
        assert_eq!(lp.backend_timeout(), Some(Duration::ZERO));
        lp.run(RunMode::Once).unwrap();
        assert_eq!(probe.calls(&lp), calls + 3);
        assert_eq!(lp.backend_timeout(), None);

        probe.close(&mut lp);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
