//! A wrap that is taken for one of another type: each call of its own says so, and nothing happens to what it stands on.

use std::os::unix::net::UnixStream;

use uvox_loop::{Errno, Loop, RunMode};
use uvox_pipe::node::PipeWrap;
use uvox_stream::node::{ConnectionWrap, HandleWrap, LibuvStreamWrap};
use uvox_tcp::node::{SocketType, TcpWrap};
use uvox_tcp::uv::BindFlags;

use super::player::make;
use crate::common::{end, free_path, scenario};

const NONE: Result<(), Errno> = Err(Errno::EBADF);
const LOCALHOST: &str = "127.0.0.1";

#[test]
fn a_pipe_that_is_taken_for_tcp() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        for bound in [false, true] {
            let lp = &mut lp;
            let pipe = make(lp);
            if bound {
                pipe.bind(lp, &path).unwrap();
            }
            let tcp = TcpWrap::from_base(pipe.stream_base());
            let never = |_: &mut _, _| panic!("it has not begun");
            let said = [
                tcp.open(lp, UnixStream::pair().unwrap().0),
                tcp.bind(lp, LOCALHOST, 0),
                tcp.bind6(lp, "::1", 0, BindFlags::NONE),
                tcp.listen(lp, 1),
                tcp.connect(lp, LOCALHOST, 1, never).map(|_| ()),
                tcp.getsockname(lp).map(|_| ()),
                tcp.getpeername(lp).map(|_| ()),
                tcp.set_no_delay(lp, true),
                tcp.set_keep_alive(lp, true, 1),
                tcp.reset(lp, |_| panic!("it is not closed by this")),
            ];
            assert_eq!(said, [NONE; 10], "bound: {bound}");
            assert_eq!(pipe.fd(lp).map(|fd| fd.is_some()), Ok(bound));
            pipe.close(lp, |_| ());
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

#[test]
fn tcp_that_is_taken_for_a_pipe() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        for bound in [false, true] {
            let lp = &mut lp;
            let tcp = TcpWrap::new(lp, SocketType::Server);
            if bound {
                tcp.bind(lp, LOCALHOST, 0).unwrap();
            }
            let pipe = PipeWrap::from_base(tcp.stream_base());
            let never = |_: &mut _, _| panic!("it has not begun");
            let said = [
                pipe.open(lp, UnixStream::pair().unwrap().0),
                pipe.bind(lp, &path),
                pipe.listen(lp, 1),
                pipe.connect(lp, &path, never).map(|_| ()),
                pipe.fchmod(lp, 1),
            ];
            assert_eq!(said, [NONE; 5], "bound: {bound}");
            assert_eq!(tcp.fd(lp).map(|fd| fd.is_some()), Ok(bound));
            tcp.close(lp, |_| ());
        }
        assert!(!lp.run(RunMode::Default).unwrap());
        end(lp);
    });
}

/// A stream that cannot be wrapped leaves nothing of the attempt, neither to the loop nor to itself.
#[test]
fn a_stream_has_one_wrap() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let pipe = make(&mut lp);
        let stream = pipe.pipe(&lp).unwrap().stream();
        let in_vain = |lp: &mut Loop| {
            let errors = (0..100).map(|_| LibuvStreamWrap::new(lp, stream).unwrap_err());
            let errors: Vec<_> = errors.collect();
            assert!(errors.windows(2).all(|two| two[0] == two[1]));
            errors[0]
        };
        assert_eq!(in_vain(&mut lp), Errno::EBUSY);
        pipe.close(&mut lp, |_| ());
        assert_eq!(in_vain(&mut lp), Errno::EINVAL);
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(in_vain(&mut lp), Errno::EBADF);
        // It ends without another turn: nothing is left to be closed.
        assert!(!lp.alive());
        end(lp);
    });
}
