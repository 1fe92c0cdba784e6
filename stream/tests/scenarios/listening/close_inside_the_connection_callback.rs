//! A listener closes itself when its first connection comes: the others that wait are not accepted.

use std::io::Read;

use uvox_loop::{Loop, RunMode};

use super::support::{clients, listening};
use crate::common::{Seen, end, scenario};

#[test]
fn close_inside_the_connection_callback() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let seen = Seen::new();
        let record = seen.clone();
        let (_, address) = listening(&mut lp, move |cx, server, connection| {
            drop(connection.unwrap());
            record.add("connection");
            let record = record.clone();
            cx.close(server, move |_| record.add("closed")).unwrap();
            assert!(!server.is_listening(cx));
        });
        let mut clients = clients(address, 3);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.all(), ["connection", "closed"]);
        // The first was accepted and closed; the kernel resets those that nobody accepted.
        assert_eq!(clients[0].read(&mut [0]).unwrap(), 0);
        assert!(clients[1].read(&mut [0]).is_err());
        end(lp);
    });
}
