//! What cannot be piped is refused, and nothing happens.

use uvox::event_loop::Ctx;
use uvox::net::{PipeOptions, Socket, SocketOptions};
use uvox::streams::Encoding;
use uvox_testing::{Seen, scenario, tcp_pair};

use super::{Ends, program, socket};

fn refused(cx: &mut Ctx, source: Socket, target: Socket) -> String {
    let nobody = |_: &mut Ctx, _| panic!("nobody is called");
    let piped = source.pipe_in_kernel(cx, target, PipeOptions::default(), nobody);
    piped.unwrap_err().code().to_owned()
}

#[test]
fn what_cannot_be_piped() {
    scenario(|| {
        program(|cx| {
            let ends = Ends::new(cx);
            let other = Ends::new(cx);
            ends.pipe(cx, PipeOptions::default(), &Seen::new());
            assert_eq!(refused(cx, ends.source, other.target), "ERR_SOCKET_BUSY");
            assert_eq!(refused(cx, other.source, ends.target), "ERR_SOCKET_BUSY");
            for socket in [ends.source, ends.target] {
                let given = socket.into_owned_fd(cx).unwrap_err();
                assert_eq!(given.code(), "ERR_SOCKET_BUSY");
            }
            assert!(!other.source.unpipe_in_kernel(cx));

            let (own, peer) = tcp_pair();
            let text = socket(cx, own, SocketOptions::new().encoding(Encoding::Latin1));
            assert_eq!(refused(cx, text, other.target), "ERR_INVALID_STATE");
            text.destroy(cx);
            drop(peer);

            other.target.end(cx);
            let ended = refused(cx, other.source, other.target);
            assert_eq!(ended, "ERR_STREAM_WRITE_AFTER_END");
            other.source.destroy(cx);
            let closed = refused(cx, other.source, other.from);
            assert_eq!(closed, "ERR_SOCKET_CLOSED");
            assert_eq!(refused(cx, other.from, other.source), "ERR_SOCKET_CLOSED");

            for socket in [ends.from, ends.source, ends.target, ends.to] {
                socket.destroy(cx);
            }
            for socket in [other.from, other.target, other.to] {
                socket.destroy(cx);
            }
        });
    });
}
