//! Names that no socket can have, or not this one: each is refused as it is, whole, and nothing is left of the attempt.

use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use uvox_loop::sys::{UnixAddr, UnixName};
use uvox_loop::{Errno, Loop, RunMode, Timer};
use uvox_pipe::uv::Pipe;

use crate::common::{close, close_and_end, end, free_path, open_descriptors, scenario};

/// A path of that length in a directory.
fn of_length(directory: &Path, length: usize) -> PathBuf {
    let missing = length - directory.as_os_str().as_bytes().len() - 1;
    directory.join("x".repeat(missing))
}

/// How long a path the system takes.
fn longest() -> usize {
    let fits = |length: &usize| UnixAddr::from_path("x".repeat(*length)).is_ok();
    (1..1_000).take_while(fits).last().unwrap()
}

#[test]
fn a_path_is_never_cut() {
    scenario(|| {
        let (directory, _) = free_path();
        let mut lp = Loop::new().unwrap();
        let pipe = Pipe::new(&mut lp);
        let before = open_descriptors();
        for more in [1, 2, 1_000] {
            let path = of_length(directory.path(), longest() + more);
            assert_eq!(pipe.bind(&mut lp, &path), Err(Errno::ENAMETOOLONG));
            let refused = pipe.connect(&mut lp, &path, |_, _, _| panic!("called"));
            assert_eq!(refused, Err(Errno::ENAMETOOLONG));
        }
        assert_eq!(open_descriptors(), before);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
        let path = of_length(directory.path(), longest());
        pipe.bind(&mut lp, &path).unwrap();
        assert!(path.exists());
        assert_eq!(pipe.getsockname(&lp).unwrap().path(), Some(&*path));
        pipe.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        close_and_end(lp, &[pipe]);
        assert!(!path.exists());
    });
}

#[test]
fn refused_and_then_bound_to_another() {
    scenario(|| {
        let (directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let [taken, pipe] = [0, 1].map(|_| Pipe::new(&mut lp));
        taken.bind(&mut lp, &path).unwrap();
        let mut refused = |path: &Path, why| {
            assert_eq!(pipe.bind(&mut lp, path), Err(why), "{path:?}");
            assert!(lp.info(pipe).unwrap().fd.is_none());
        };
        refused(&path, Errno::EADDRINUSE);
        refused(Path::new(""), Errno::EINVAL);
        refused(Path::new("a\0b"), Errno::EINVAL);
        refused(&directory.path().join("no/such"), Errno::EACCES);
        let plain = directory.path().join("plain");
        fs::write(&plain, "a file").unwrap();
        refused(&plain, Errno::EADDRINUSE);
        assert_eq!(fs::read(&plain).unwrap(), b"a file");
        for name in ["", "a\0b"] {
            let refused = pipe.connect(&mut lp, name, |_, _, _| panic!("called"));
            assert_eq!(refused, Err(Errno::EINVAL));
        }
        let nobody = pipe.connect_name(&mut lp, UnixName::Unnamed, |_, _, _| panic!("called"));
        assert_eq!(nobody, Err(Errno::EINVAL));
        let listens = pipe.listen(&mut lp, 1, |_, _, _| ());
        assert_eq!(listens, Err(Errno::EINVAL), "it is not bound");
        let own = directory.path().join("own");
        pipe.bind(&mut lp, &own).unwrap();
        let twice = pipe.bind(&mut lp, directory.path().join("twice"));
        assert_eq!(twice, Err(Errno::EINVAL));
        close_and_end(lp, &[pipe, taken]);
        assert!(plain.exists() && !own.exists());
    });
}

#[test]
fn of_handles_that_are_closing_or_gone_or_of_something_else() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let pipe = Pipe::new(&mut lp);
        let timer = Timer::new(&mut lp);
        let ipc = Pipe::new_ipc(&mut lp);
        ipc.bind(&mut lp, &path).unwrap();
        let listens = ipc.listen(&mut lp, 1, |_, _, _| ());
        assert_eq!(listens, Err(Errno::EINVAL), "it is for passing descriptors");
        close(&mut lp, ipc);
        let mut try_all = |pipe: Pipe, why| {
            assert_eq!(pipe.bind(&mut lp, &path), Err(why));
            assert_eq!(pipe.listen(&mut lp, 1, |_, _, _| ()), Err(why));
            assert_eq!(pipe.connect(&mut lp, &path, |_, _, _| ()), Err(why));
            let unlink = uvox_pipe::uv::Unlink::Never;
            assert_eq!(pipe.set_unlink(&mut lp, unlink), Err(why));
            assert_eq!(pipe.getsockname(&lp), Err(Errno::EBADF));
            assert_eq!(pipe.getpeername(&lp), Err(Errno::EBADF));
            assert_eq!(pipe.chmod(&lp, true, true), Err(Errno::EBADF));
            if why == Errno::EBADF {
                return;
            }
            lp.run(RunMode::NoWait).unwrap();
        };
        try_all(Pipe::from_key(timer), Errno::EBADF);
        try_all(ipc, Errno::EINVAL);
        try_all(ipc, Errno::EBADF);
        close(&mut lp, pipe);
        close(&mut lp, timer);
        lp.run(RunMode::Default).unwrap();
        end(lp);
        assert!(!path.exists());
    });
}
