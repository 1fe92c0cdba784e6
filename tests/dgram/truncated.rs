//! A datagram that is longer than there is room for loses its end, and says so; an empty one is a datagram.

use crate::common::{Seen, bound, place, program, scenario};

#[test]
fn truncated() {
    scenario(|| {
        let seen = Seen::new();
        let record = seen.clone();
        program(|cx| {
            bound(cx, move |cx, socket| {
                let udp = socket.wrap(cx).unwrap().udp(cx).unwrap();
                udp.set_datagram_size(cx, 4).unwrap();
                let to = place(cx, socket);
                socket.on_message(cx, move |cx, socket, bytes, rinfo| {
                    record.add((
                        String::from_utf8_lossy(bytes).into_owned(),
                        rinfo.truncated(),
                    ));
                    assert_eq!(rinfo.size(), bytes.len());
                    if record.len() == 3 {
                        socket.close(cx).unwrap();
                    }
                });
                for text in ["four", "", "five!"] {
                    socket.send(cx, text, to).unwrap();
                }
            });
        });
        let expected = [("four", false), ("", false), ("five", true)];
        assert_eq!(
            seen.all(),
            expected.map(|(text, cut)| (text.to_owned(), cut))
        );
    });
}
