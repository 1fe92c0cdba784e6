//! `backend_name` says which poller is in the build.

use crate::common::{end, new_loop, scenario};

#[test]
fn backend_name_says_which() {
    scenario(|| {
        let lp = new_loop();
        let linux = cfg!(any(target_os = "linux", target_os = "android"));
        let name = if cfg!(feature = "mio") {
            "mio"
        } else if linux && !cfg!(uvox_kqueue) {
            "epoll"
        } else {
            "kqueue"
        };
        assert_eq!(lp.backend_name(), name);
        end(lp);
    });
}
