//! One handle is closed and another opened by one callback, and the kernel gives the new one the old one's number, while it still has
//! something to say of the old one: the new one does not get to hear it.

use std::cell::Cell;
use std::rc::Rc;

use uvox_loop::Loop;
use uvox_tcp::uv::Tcp;

use crate::common::{Seen, close, close_and_end, connected, hosts, listener, scenario, until};

#[test]
fn a_descriptor_number_in_one_turn() {
    scenario(|| {
        for host in hosts() {
            let mut lp = Loop::new().unwrap();
            let (one, its_peer) = connected(&mut lp, host);
            let (other, others_peer) = connected(&mut lp, host);
            let accepted = Seen::new();
            let record = accepted.clone();
            let (server, address) = listener(&mut lp, host, move |cx, _, connection| {
                record.add(Tcp::accept(cx, connection.unwrap()).unwrap());
            });
            // Both are told in one turn that there is something. Whoever is called first closes the other.
            let born = Rc::new(Cell::new(None));
            let heard = Seen::new();
            for (tcp, victim) in [(one, other), (other, one)] {
                let (born, heard) = (born.clone(), heard.clone());
                tcp.read_start(&mut lp, move |cx, stream, data| {
                    assert_eq!(data, Ok(&b"old"[..]));
                    heard.add("old");
                    let number = cx.info(victim).unwrap().fd;
                    close(cx, victim);
                    let next = Tcp::new(cx);
                    let record = heard.clone();
                    next.connect(cx, address, move |_, _, result| {
                        result.unwrap();
                        record.add("connected");
                    })
                    .unwrap();
                    assert_eq!(cx.info(next).unwrap().fd, number);
                    let record = heard.clone();
                    next.read_start(cx, move |_, _, data| {
                        assert_eq!(data, Ok(&b"new"[..]));
                        record.add("new");
                    })
                    .unwrap();
                    born.set(Some(next));
                    close(cx, stream);
                })
                .unwrap();
            }
            for peer in [its_peer, others_peer] {
                assert_eq!(peer.try_write(&mut lp, b"old"), Ok(3));
            }
            until(&mut lp, |_| heard.len() == 2 && !accepted.is_empty());
            assert_eq!(heard.all(), ["old", "connected"]);
            let served = accepted.all()[0];
            served.write(&mut lp, b"new", |_, _, _| ()).unwrap();
            until(&mut lp, |_| heard.len() == 3);
            let next = born.get().unwrap();
            close_and_end(lp, &[next, its_peer, others_peer, served, server]);
        }
    });
}
