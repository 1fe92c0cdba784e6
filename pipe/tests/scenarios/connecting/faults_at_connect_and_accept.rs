//! What the kernel says when there is no socket to be had, when connecting fails in other ways, and when accepting does.

use uvox_loop::sys::fault::{self, Effect, Fault};
use uvox_loop::{Errno, Loop, RunMode};
use uvox_pipe::uv::Pipe;

use crate::common::{Seen, close_and_end, end, free_path, scenario, until};

#[test]
fn no_descriptor_for_a_socket_is_told_by_the_callback() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let pipe = Pipe::new(&mut lp);
        let seen = Seen::new();
        let faults = fault::plan([Fault::new("socket", 1, Effect::Fail(Errno::EMFILE))]);
        let record = seen.clone();
        pipe.connect(&mut lp, &path, move |cx, pipe, result| {
            assert_eq!(pipe.write(cx, b"x", |_, _, _| ()), Err(Errno::EBADF));
            record.add(result);
        })
        .unwrap();
        assert_eq!(faults.left(), 0);
        assert!(pipe.is_connecting(&lp) && lp.alive());
        assert_eq!(pipe.write(&mut lp, b"x", |_, _, _| ()), Err(Errno::EBADF));
        assert!(!lp.run(RunMode::Default).unwrap());
        assert_eq!(seen.take(), [Err(Errno::EMFILE)]);
        let faults = fault::plan([Fault::new("socket", 1, Effect::Fail(Errno::EMFILE))]);
        assert_eq!(pipe.bind(&mut lp, &path), Err(Errno::EMFILE));
        assert_eq!(faults.left(), 0);
        // Closed before it is told.
        let _faults = fault::plan([Fault::new("socket", 1, Effect::Fail(Errno::EMFILE))]);
        let record = seen.clone();
        pipe.connect(&mut lp, &path, move |_, _, result| record.add(result))
            .unwrap();
        close_and_end(lp, &[pipe]);
        assert_eq!(seen.all(), [Err(Errno::ECANCELED)]);
    });
}

#[test]
fn errors_of_connect_that_pass_and_that_do_not() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let server = Pipe::new(&mut lp);
        server.bind(&mut lp, &path).unwrap();
        server.listen(&mut lp, 64, |_, _, _| ()).unwrap();
        for (errno, expected) in [
            (Errno::EINTR, Ok(())),
            (Errno::EACCES, Err(Errno::EACCES)),
            (Errno::EAGAIN, Err(Errno::EAGAIN)),
            (Errno::ECONNREFUSED, Err(Errno::ECONNREFUSED)),
        ] {
            let seen = Seen::new();
            let pipe = Pipe::new(&mut lp);
            let faults = fault::plan([Fault::new("connect", 1, Effect::Fail(errno))]);
            let record = seen.clone();
            pipe.connect(&mut lp, &path, move |cx, pipe, result| {
                record.add(result);
                cx.close(pipe, |_| ()).unwrap();
            })
            .unwrap();
            assert_eq!((faults.left(), seen.len()), (0, 0));
            until(&mut lp, |_| seen.len() == 1);
            assert_eq!(seen.all(), [expected]);
        }
        close_and_end(lp, &[server]);
    });
}

#[test]
fn errors_of_accept_do_not_end_the_listening() {
    scenario(|| {
        for errno in [
            Errno::EINTR,
            Errno::ECONNABORTED,
            Errno::EPERM,
            Errno::EMFILE,
        ] {
            let (_directory, path) = free_path();
            let mut lp = Loop::new().unwrap();
            let server = Pipe::new(&mut lp);
            server.bind(&mut lp, &path).unwrap();
            let seen = Seen::new();
            let record = seen.clone();
            server
                .listen(&mut lp, 64, move |_, _, connection| {
                    record.add(connection.map(drop));
                })
                .unwrap();
            let faults = fault::plan([Fault::new("accept4", 1, Effect::Fail(errno))]);
            let mut clients = Vec::new();
            // The first of them may be dropped for want of descriptors.
            while seen.all().iter().filter(|one| one.is_ok()).count() < 2 {
                clients.push(std::os::unix::net::UnixStream::connect(&path).unwrap());
                lp.run(RunMode::NoWait).unwrap();
            }
            assert_eq!(faults.left(), 0, "{errno}");
            let errors: Vec<_> = seen.all().into_iter().filter_map(Result::err).collect();
            let told = if errno == Errno::EPERM {
                vec![errno]
            } else {
                vec![]
            };
            assert_eq!(errors, told);
            lp.close(server, |_| ()).unwrap();
            lp.run(RunMode::Default).unwrap();
            end(lp);
        }
    });
}
