//! What becomes of the path when the handle is closed: the file that the bind made is removed, and nobody else's.

use std::fs;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;

use uvox_loop::{Loop, RunMode};
use uvox_pipe::uv::{Pipe, Unlink};

use crate::common::{close, end, free_path, scenario};

/// Binds, lets something happen to the path, and closes. Returns whether there is something at the path then.
fn is_left(unlink: Option<Unlink>, between: impl FnOnce(&Path)) -> bool {
    let (_directory, path) = free_path();
    let mut lp = Loop::new().unwrap();
    let pipe = Pipe::new(&mut lp);
    if let Some(unlink) = unlink {
        pipe.set_unlink(&mut lp, unlink).unwrap();
    }
    pipe.bind(&mut lp, &path).unwrap();
    pipe.listen(&mut lp, 1, |_, _, _| ()).unwrap();
    between(&path);
    close(&mut lp, pipe);
    let left = path.symlink_metadata().is_ok();
    lp.run(RunMode::Default).unwrap();
    assert_eq!(path.symlink_metadata().is_ok(), left);
    end(lp);
    left
}

#[test]
fn as_it_was_made() {
    scenario(|| {
        assert!(!is_left(None, |_| ()));
        assert!(!is_left(Some(Unlink::IfOurs), |_| ()));
        assert!(!is_left(Some(Unlink::Always), |_| ()));
        assert!(is_left(Some(Unlink::Never), |_| ()));
    });
}

#[test]
fn gone_already() {
    scenario(|| {
        for unlink in [Unlink::IfOurs, Unlink::Always, Unlink::Never] {
            assert!(!is_left(Some(unlink), |path| fs::remove_file(path).unwrap()));
        }
    });
}

#[test]
fn another_server_has_taken_the_path() {
    scenario(|| {
        let take_over = |path: &Path| {
            fs::remove_file(path).unwrap();
            drop(UnixListener::bind(path).unwrap());
        };
        assert!(is_left(None, take_over));
        assert!(is_left(Some(Unlink::Never), take_over));
        assert!(!is_left(Some(Unlink::Always), take_over));
        // Nor if it was moved there.
        let move_there = |path: &Path| {
            let other = path.with_extension("other");
            fs::write(&other, "").unwrap();
            fs::rename(&other, path).unwrap();
        };
        assert!(is_left(None, move_there));
        // A link to ours is not ours.
        let link_to_it = |path: &Path| {
            let other = path.with_extension("other");
            fs::rename(path, &other).unwrap();
            std::os::unix::fs::symlink(&other, path).unwrap();
        };
        assert!(is_left(None, link_to_it));
    });
}

/// A socket that is given away keeps its path.
#[test]
fn given_away() {
    scenario(|| {
        let (_directory, path) = free_path();
        let mut lp = Loop::new().unwrap();
        let pipe = Pipe::new(&mut lp);
        pipe.bind(&mut lp, &path).unwrap();
        let socket = pipe.into_owned_fd(&mut lp).unwrap();
        let second = Pipe::new(&mut lp);
        second.open(&mut lp, socket).unwrap();
        // Whatever it has instead.
        let (one, _other) = UnixStream::pair().unwrap();
        pipe.open(&mut lp, one.into()).unwrap();
        close(&mut lp, pipe);
        assert!(path.exists());
        assert_eq!(second.getsockname(&lp).unwrap().path(), Some(&*path));
        second.listen(&mut lp, 1, |_, _, _| ()).unwrap();
        let client = UnixStream::connect(&path).unwrap();
        close(&mut lp, second);
        lp.run(RunMode::Default).unwrap();
        drop(client);
        end(lp);
        assert!(path.exists(), "the second did not bind to it");
    });
}
