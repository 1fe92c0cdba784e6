//! 5,000 connections, all open at once on one loop: each is accepted once and served, and when all are closed nothing is left.

use uvox_loop::sys::{self, DescriptorLimit};
use uvox_loop::trace::{self, Recorder};
use uvox_loop::{Ctx, Loop, RunMode};
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, calls, close, close_and_end, hosts, listener, scenario, until};

const CONNECTIONS: usize = 5000;
/// How many attempts are made at a time: as many as the backlog has room for.
const WAVE: usize = 500;
/// Two for each connection, and some.
const DESCRIPTORS: u64 = 2 * CONNECTIONS as u64 + 500;

/// Runs with more descriptors than there may be by default.
fn with_descriptors(run: impl FnOnce()) {
    let before = sys::descriptor_limit().unwrap();
    assert!(before.hard >= DESCRIPTORS, "the system lends too few");
    sys::set_descriptor_limit(DescriptorLimit {
        soft: before.soft.max(DESCRIPTORS),
        ..before
    })
    .unwrap();
    run();
    sys::set_descriptor_limit(before).unwrap();
}

/// Each that is accepted is greeted, and waits for the end.
fn serve(cx: &mut Ctx, peer: Tcp) {
    peer.write(cx, b"!", |_, _, written| written.status.unwrap())
        .unwrap();
    close_at_the_end(cx, peer);
}

fn close_at_the_end(cx: &mut Ctx, peer: Tcp) {
    peer.read_start(cx, |cx, peer, data| {
        data.unwrap_err();
        close(cx, peer);
    })
    .unwrap();
}

#[test]
fn all_are_accepted_and_served() {
    scenario(|| {
        with_descriptors(|| {
            let mut lp = Loop::new().unwrap();
            let accepted = Seen::new();
            let record = accepted.clone();
            let (server, address) = listener(&mut lp, hosts()[0], move |cx, _, connection| {
                let peer = Tcp::accept(cx, connection.unwrap()).unwrap();
                serve(cx, peer);
                record.add(peer);
            });
            let greeted = Seen::new();
            let mut clients = Vec::new();
            while clients.len() < CONNECTIONS {
                for _ in 0..WAVE {
                    let client = Tcp::new(&mut lp);
                    let record = greeted.clone();
                    client
                        .connect(&mut lp, address, |cx, client, result| {
                            result.unwrap();
                            client
                                .read_start(cx, move |_, client, data| {
                                    assert_eq!(data, Ok(&b"!"[..]));
                                    record.add(client);
                                })
                                .unwrap();
                        })
                        .unwrap();
                    clients.push(client);
                }
                until(&mut lp, |_| greeted.len() == clients.len());
            }
            assert_eq!(accepted.len(), CONNECTIONS);
            let mut open = 0;
            lp.walk(|_, handle| open += usize::from(handle.kind == "tcp"));
            assert_eq!(open, 2 * CONNECTIONS + 1);

            let recorder = Recorder::new();
            trace::set(recorder.clone());
            for peer in accepted.all() {
                peer.read_stop(&mut lp).unwrap();
            }
            lp.run(RunMode::NoWait).unwrap();
            for peer in accepted.all() {
                close_at_the_end(&mut lp, peer);
            }
            lp.run(RunMode::NoWait).unwrap();
            trace::take();
            let made = calls(&recorder);
            assert!(
                made.is_empty(),
                "{} {:?}",
                made.len(),
                &made[..made.len().min(20)]
            );

            close(&mut lp, server);
            for client in clients {
                close(&mut lp, client);
            }
            assert!(!lp.run(RunMode::Default).unwrap());
            close_and_end(lp, &[]);
        });
    });
}
