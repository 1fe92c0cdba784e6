//! Permissions of the path are added, and what there was before stays.

use uvox_loop::{Errno, Loop, sys};
use uvox_pipe::uv::Pipe;

use crate::common::{close, close_and_end, free_path, scenario};

#[test]
fn who_may_connect() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let pipe = Pipe::new(&mut lp);
        assert_eq!(pipe.chmod(&lp, true, true), Err(Errno::EBADF));
        pipe.bind(&mut lp, &path).unwrap();
        for (readable, writable, mode) in [
            (true, false, 0o744),
            (false, true, 0o722),
            (true, true, 0o766),
        ] {
            sys::chmod(&path, 0o700).unwrap();
            pipe.chmod(&lp, readable, writable).unwrap();
            assert_eq!(sys::mode(&path), Ok(mode));
            pipe.chmod(&lp, readable, writable).unwrap();
            assert_eq!(sys::mode(&path), Ok(mode));
        }
        assert_eq!(pipe.chmod(&lp, false, false), Err(Errno::EINVAL));
        sys::unlink(&path).unwrap();
        assert_eq!(pipe.chmod(&lp, true, true), Err(Errno::ENOENT));
        let (one, other) = Pipe::pair(&mut lp).unwrap();
        assert_eq!(one.chmod(&lp, true, true), Err(Errno::ENOENT));
        close(&mut lp, one);
        close_and_end(lp, &[pipe, other]);
    });
}
