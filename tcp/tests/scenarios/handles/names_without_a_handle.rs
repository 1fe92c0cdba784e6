//! A name whose handle is closing or gone, or is of something else: every call says so, and none does anything.

use std::time::Duration;

use uvox_loop::{Errno, Kind, Loop, RunMode, Timer};
use uvox_stream::uv::{Stream, StreamState};
use uvox_tcp::uv::{BindFlags, KeepAlive, Tcp};

use crate::common::{any_port, close, end, nobody, scenario};

/// What every call says, of those that start something.
fn starting(lp: &mut Loop, tcp: Tcp) -> Vec<Result<(), Errno>> {
    let host = any_port([127, 0, 0, 1]);
    let server = std::net::TcpListener::bind(host).unwrap();
    vec![
        tcp.bind(lp, host, BindFlags::NONE),
        tcp.listen(lp, 1, |_, _, _| ()),
        tcp.connect(lp, nobody(host.ip()), |_, _, _| ()),
        tcp.open(lp, server.into()),
    ]
}

/// Of those that ask.
fn asking(lp: &mut Loop, tcp: Tcp) -> Vec<Option<Errno>> {
    vec![
        tcp.getsockname(lp).err(),
        tcp.getpeername(lp).err(),
        tcp.tcp_info(lp).err(),
        tcp.traffic_class(lp).err(),
        tcp.send_buffer_size(lp).err(),
        tcp.receive_buffer_size(lp).err(),
        tcp.set_send_buffer_size(lp, 4096).err(),
        tcp.set_receive_buffer_size(lp, 4096).err(),
        tcp.close_reset(lp, |_| panic!("it is not closed by this"))
            .err(),
    ]
}

/// Of those that are remembered where there is no socket.
fn wishing(lp: &mut Loop, tcp: Tcp) -> Vec<Result<(), Errno>> {
    let second = Duration::from_secs(1);
    vec![
        tcp.nodelay(lp, true),
        tcp.keepalive(lp, Some(KeepAlive::after(second))),
        tcp.user_timeout(lp, Some(second)),
        tcp.set_traffic_class(lp, 8),
        tcp.simultaneous_accepts(lp, false),
    ]
}

#[test]
fn closing_and_gone() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let tcp = Tcp::new(&mut lp);
        tcp.bind(&mut lp, any_port([127, 0, 0, 1]), BindFlags::NONE)
            .unwrap();
        close(&mut lp, tcp);
        assert_eq!(starting(&mut lp, tcp), [Err(Errno::EINVAL); 4]);
        assert_eq!(asking(&mut lp, tcp), [Some(Errno::EBADF); 9]);
        assert_eq!(wishing(&mut lp, tcp), [Ok(()); 5]);
        lp.run(RunMode::Default).unwrap();
        let gone = Err(Errno::EBADF);
        assert_eq!(starting(&mut lp, tcp), [gone; 4]);
        assert_eq!(asking(&mut lp, tcp), [Some(Errno::EBADF); 9]);
        assert_eq!(wishing(&mut lp, tcp), [gone; 5]);
        end(lp);
    });
}

#[test]
fn of_something_else() {
    static OTHER: Kind<StreamState> = Stream::kind("other");
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let timer = Timer::new(&mut lp);
        let stream = Stream::new(&mut lp, &OTHER);
        for tcp in [Tcp::from_key(timer), Tcp::from_key(stream)] {
            let not_ours = Err(Errno::EBADF);
            assert_eq!(starting(&mut lp, tcp), [not_ours; 4]);
            assert_eq!(asking(&mut lp, tcp), [Some(Errno::EBADF); 9]);
            assert_eq!(wishing(&mut lp, tcp), [not_ours; 5]);
        }
        assert_eq!(stream.fd(&mut lp).map(|_| ()), None);
        close(&mut lp, timer);
        close(&mut lp, stream);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
