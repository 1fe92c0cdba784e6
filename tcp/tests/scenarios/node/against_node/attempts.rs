//! Connection attempts that fail, are cancelled, or given up.

use uvox_stream::node::{ConnectionWrap, HandleWrap};
use uvox_tcp::node::TcpWrap;

use super::player::{LOCALHOST, as_in_node, make};

/// A refusal never comes inside the call, and before what was put off to the check phase.
#[test]
fn refused() {
    as_in_node("refused", |lp, play| {
        let inner = play.clone();
        play.nobody(lp, move |cx, port| {
            let play = inner;
            let tcp = make(cx);
            let end = play.clone();
            let begun = play.connect(cx, "all", tcp, port, move |cx| {
                end.close(cx, "all", tcp, |_| ());
            });
            play.gave("all", "connect", begun);
            let second = play.connect(cx, "all", tcp, port, |_| ());
            play.gave("all", "second", second);
            play.gave("all", "readStart", tcp.read_start(cx));
            play.write(cx, "all", tcp, 5);
            play.immediate(cx, |_, play| play.note("all", "immediate"));
        });
    });
}

/// Everything that is pending ends with `ECANCELED`, in order, then comes the close callback, all in one closing phase.
#[test]
fn closed_with_everything_pending() {
    as_in_node("cancelled", |lp, play| {
        let peer_goes = |cx: &mut _, _, peer: Result<TcpWrap, _>| peer.unwrap().close(cx, |_| ());
        let (server, port) = play.listening(lp, peer_goes);
        let tcp = make(lp);
        let begun = play.connect(lp, "all", tcp, port, |_| ());
        play.gave("all", "connect", begun);
        play.write(lp, "all", tcp, 5);
        play.write(lp, "all", tcp, 6);
        play.shutdown(lp, "all", tcp);
        let again = tcp.shutdown(lp, |_, _, _| panic!("shut down twice"));
        play.gave("all", "again", again);
        play.close(lp, "all", tcp, move |cx| server.close(cx, |_| ()));
        assert_eq!(tcp.fd(lp), Ok(None));
        play.note("all", "fd -1");
        play.immediate(lp, |_, play| play.note("all", "immediate"));
    });
}

/// As Node's `net` gives an attempt up that has lasted too long.
#[test]
fn nobody_is_to_hear_of_it() {
    as_in_node("unheard", |lp, play| {
        let peer_goes = |cx: &mut _, _, peer: Result<TcpWrap, _>| peer.unwrap().close(cx, |_| ());
        let (server, port) = play.listening(lp, peer_goes);
        let tcp = make(lp);
        let never = play.clone();
        let begun = tcp.connect(lp, LOCALHOST, port, move |_, _| never.note("all", "never"));
        play.gave("all", "connect", begun.map(|_| ()));
        begun.unwrap().clear_oncomplete(lp);
        play.close(lp, "all", tcp, move |cx| server.close(cx, |_| ()));
    });
}

/// The name of an attempt, and another callback in the place of the first.
#[test]
fn the_name_of_an_attempt() {
    crate::common::scenario(|| {
        let mut lp = uvox_loop::Loop::new().unwrap();
        let server = TcpWrap::new(&mut lp, uvox_tcp::node::SocketType::Server);
        server.listen(&mut lp, 1).unwrap();
        // Connections that nobody is told of are closed.
        assert_eq!(server.get_provider_type(&lp), Some("TCPSERVERWRAP"));
        let port = server.getsockname(&mut lp).unwrap().port;
        let tcp = make(&mut lp);
        let req = tcp
            .connect(&mut lp, LOCALHOST, port, |_, _| panic!("it was replaced"))
            .unwrap();
        assert_eq!(req.handle(), tcp);
        assert_eq!(req.get_provider_type(&lp), Some("TCPCONNECTWRAP"));
        assert!(req.is_pending(&lp));
        let ids = [server.get_async_id(&lp), tcp.get_async_id(&lp)];
        assert!(!ids.contains(&Some(req.get_async_id())) && ids[0] != ids[1]);
        let seen = crate::common::Seen::new();
        let told = seen.clone();
        req.set_oncomplete(&mut lp, move |cx, connected| {
            assert_eq!((connected.status, connected.req), (Ok(()), req));
            assert!(!req.is_pending(cx));
            assert_eq!(req.get_provider_type(cx), None);
            req.set_oncomplete(cx, |_, _| panic!("it is over"));
            let end = TcpWrap::from_base(connected.handle.stream_base());
            assert_eq!(end, tcp);
            tcp.set_on_read(cx, move |cx, _, data| {
                told.add(data.map(<[u8]>::len));
                tcp.close(cx, |_| ());
                server.close(cx, |_| ());
            });
            tcp.read_start(cx).unwrap();
        });
        assert!(!lp.run(uvox_loop::RunMode::Default).unwrap());
        assert_eq!(seen.all(), [Err(uvox_loop::Errno::EOF)]);
        crate::common::end(lp);
    });
}
