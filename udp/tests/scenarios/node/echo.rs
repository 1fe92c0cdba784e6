//! A server and a client, by wraps only, by both versions, connected and not.

use std::io::IoSlice;

use uvox_loop::trace::{self, Layer, Recorder};
use uvox_loop::{Loop, RunMode};
use uvox_udp::node::{AddressInfo, Sent, UdpWrap};

use crate::common::{Seen, end, hosts, scenario};

#[test]
fn echo() {
    scenario(|| {
        for host in hosts() {
            let ip = host.to_string();
            let mut lp = Loop::new().unwrap();
            let recorder = Recorder::new();
            trace::set(recorder.clone());
            let [server, client] = [(); 2].map(|()| UdpWrap::new(&mut lp));
            let bound = if host.is_ipv4() {
                server.bind(&mut lp, &ip, 0, 0)
            } else {
                server.bind6(&mut lp, &ip, 0, 1)
            };
            bound.unwrap();
            let port = server.getsockname(&mut lp).unwrap().port;
            server.set_on_message(&mut lp, |cx, server, message| {
                let message = message.unwrap();
                let from = AddressInfo::from(message.sender().unwrap());
                let pieces = [IoSlice::new(b"echo: "), IoSlice::new(message.bytes)];
                let never = |_: &mut uvox_loop::Ctx, _, _| panic!("it is done");
                let sent = if from.family.as_str() == "IPv4" {
                    server.send(cx, &pieces, from.port, &from.address, never)
                } else {
                    server.send6(cx, &pieces, from.port, &from.address, never)
                };
                assert_eq!(sent, Ok(Sent::Now(6 + message.bytes.len())));
            });
            server.recv_start(&mut lp).unwrap();
            server.recv_start(&mut lp).unwrap();

            let connected = if host.is_ipv4() {
                client.connect(&mut lp, &ip, port)
            } else {
                client.connect6(&mut lp, &ip, port)
            };
            connected.unwrap();
            let peer = client.getpeername(&mut lp).unwrap();
            assert_eq!((peer.address, peer.port), (ip, port));
            let heard = Seen::new();
            let record = heard.clone();
            client.set_on_message(&mut lp, move |cx, client, message| {
                record.add(message.unwrap().bytes.to_vec());
                if record.len() == 3 {
                    client.close(cx, |_| ());
                    server.close(cx, |_| ());
                }
            });
            client.recv_start(&mut lp).unwrap();
            for text in ["one", "", "three"] {
                let one = [IoSlice::new(text.as_bytes())];
                let sent = client.send_connected(&mut lp, &one, |_, _, _| panic!("it is done"));
                assert_eq!(sent, Ok(Sent::Now(text.len())));
            }
            assert!(!lp.run(RunMode::Default).unwrap());
            trace::take();
            let expected = ["echo: one", "echo: ", "echo: three"];
            assert_eq!(heard.all(), expected.map(|text| text.as_bytes().to_vec()));
            let messages = recorder.events();
            let messages = messages
                .iter()
                .filter(|event| event.layer == Layer::Base && event.name == "message");
            assert_eq!(messages.count(), 6);
            end(lp);
        }
    });
}
