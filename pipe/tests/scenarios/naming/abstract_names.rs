//! Names in Linux's abstract namespace: given after a zero byte, as such, or chosen by the kernel. They end with their socket.

use uvox_loop::sys::UnixName;
use uvox_loop::{Errno, Loop, RunMode};
use uvox_pipe::uv::Pipe;

use crate::common::{Seen, close, close_and_end, end, scenario, until};

fn unique(what: &str) -> String {
    format!("uvox/{}/{what}", std::process::id())
}

#[test]
fn a_server_with_an_abstract_name() {
    scenario(|| {
        let with_a_zero = unique("with\0zero");
        for given_as_path in [true, false] {
            let mut lp = Loop::new().unwrap();
            let name = UnixName::Abstract(with_a_zero.as_bytes());
            let server = Pipe::new(&mut lp);
            if given_as_path {
                server.bind(&mut lp, format!("\0{with_a_zero}")).unwrap();
            } else {
                server.bind_name(&mut lp, name).unwrap();
            }
            assert_eq!(server.getsockname(&lp).unwrap().name(), name);
            let second = Pipe::new(&mut lp);
            let taken = second.bind_name(&mut lp, name);
            assert_eq!(taken, Err(Errno::EADDRINUSE));
            assert_eq!(server.chmod(&lp, true, true), Err(Errno::ENOENT));
            server.listen(&mut lp, 8, |_, _, _| ()).unwrap();
            let seen = Seen::new();
            let done = seen.clone();
            let told = move |_: &mut _, _, result| done.add(result);
            if given_as_path {
                second.connect_name(&mut lp, name, told).unwrap();
            } else {
                let path = format!("\0{with_a_zero}");
                second.connect(&mut lp, path, told).unwrap();
            }
            until(&mut lp, |_| seen.len() == 1);
            assert_eq!(seen.all(), [Ok(())]);
            assert_eq!(second.getpeername(&lp).unwrap().name(), name);
            close_and_end(lp, &[server, second]);
        }
    });
}

#[test]
fn a_name_that_the_kernel_chooses() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let [one, other] = [0, 1].map(|_| {
            let pipe = Pipe::new(&mut lp);
            pipe.bind_name(&mut lp, UnixName::Unnamed).unwrap();
            pipe
        });
        let [first, second] = [one, other].map(|pipe| pipe.getsockname(&lp).unwrap());
        assert!(matches!(first.name(), UnixName::Abstract(name) if !name.is_empty()));
        assert_ne!(first, second);
        close_and_end(lp, &[one, other]);
    });
}

/// It can be 107 bytes long, and no more; also empty.
#[test]
fn the_longest_and_the_shortest() {
    scenario(|| {
        let mut lp = Loop::new().unwrap();
        let longest = format!("{:x<107}", unique(""));
        let too_long = format!("{longest}x");
        let pipe = Pipe::new(&mut lp);
        let refused = pipe.bind_name(&mut lp, UnixName::Abstract(too_long.as_bytes()));
        assert_eq!(refused, Err(Errno::ENAMETOOLONG));
        let refused = pipe.connect(&mut lp, format!("\0{too_long}"), |_, _, _| ());
        assert_eq!(refused, Err(Errno::ENAMETOOLONG));
        pipe.bind(&mut lp, format!("\0{longest}")).unwrap();
        let name = pipe.getsockname(&lp).unwrap();
        assert_eq!(name.name(), UnixName::Abstract(longest.as_bytes()));
        close(&mut lp, pipe);
        lp.run(RunMode::Default).unwrap();
        let next = Pipe::new(&mut lp);
        next.bind(&mut lp, format!("\0{longest}")).unwrap();
        close(&mut lp, next);
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
