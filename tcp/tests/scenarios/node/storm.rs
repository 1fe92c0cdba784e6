//! Two thousand connections at once, by wraps: all are accepted, each is read to its end, and nothing of any is left.

use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::node::HandleWrap;

use super::support::{client, server};
use crate::common::{Seen, end, scenario};

const CONNECTIONS: usize = 2000;
const AT_ONCE: usize = 200;

#[test]
fn a_storm_of_connections() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let (accepted, ended) = (Seen::new(), Seen::new());
        let (count, over) = (accepted.clone(), ended.clone());
        let (_, port) = server(&mut lp, move |cx, server, peer| {
            count.add(peer);
            let over = over.clone();
            peer.set_on_read(cx, move |cx, _, data| {
                over.add(data.map(<[u8]>::len));
                peer.close(cx, |_| ());
            });
            peer.read_start(cx).unwrap();
            if count.len() == CONNECTIONS {
                server.close(cx, |_| ());
            }
        });
        for _ in 0..CONNECTIONS / AT_ONCE {
            let connected = Seen::new();
            for _ in 0..AT_ONCE {
                let done = connected.clone();
                client(&mut lp, port, move |cx, client| {
                    done.add(());
                    client.close(cx, |_| ());
                });
            }
            crate::common::until(&mut lp, |_| connected.len() == AT_ONCE);
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(accepted.len(), CONNECTIONS);
        assert_eq!(ended.all(), vec![Err(Errno::EOF); CONNECTIONS]);
        assert!(accepted.all().iter().all(|peer| peer.unwrap(&lp).is_none()));
        end(lp);
    });
}
