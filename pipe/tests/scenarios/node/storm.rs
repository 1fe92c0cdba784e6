//! Five hundred connections, by wraps: all are accepted, each is read to its end, and nothing of any is left.

use uvox_loop::{Errno, Loop, RunMode};
use uvox_stream::node::HandleWrap;

use super::support::{client, server};
use crate::common::{Seen, end, free_path, scenario, until};

const CONNECTIONS: usize = 500;
/// Fewer than any system lets wait at a socket.
const AT_ONCE: usize = 50;

#[test]
fn a_storm_of_connections() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let (accepted, ended) = (Seen::new(), Seen::new());
        let (count, over) = (accepted.clone(), ended.clone());
        server(&mut lp, &path, move |cx, server, peer| {
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
        for storm in 1..=CONNECTIONS / AT_ONCE {
            let connected = Seen::new();
            for _ in 0..AT_ONCE {
                let done = connected.clone();
                client(&mut lp, &path, move |cx, client| {
                    done.add(());
                    client.close(cx, |_| ());
                });
            }
            until(&mut lp, |_| {
                connected.len() == AT_ONCE && accepted.len() == storm * AT_ONCE
            });
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(accepted.len(), CONNECTIONS);
        assert_eq!(ended.all(), vec![Err(Errno::EOF); CONNECTIONS]);
        assert!(accepted.all().iter().all(|peer| peer.unwrap(&lp).is_none()));
        assert!(!path.exists());
        end(lp);
    });
}
