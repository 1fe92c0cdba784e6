//! The author of a handle type gives up half-way: the handle is gone at once, its descriptor closed, and nobody called.

use std::os::fd::AsFd;

use uvox_loop::{Ctx, Errno, Handle, Kind, RunMode, State};

use crate::common::{end, new_loop, scenario};

struct Thing;

static THING: Kind<Thing> =
    Kind::new("thing").on_close(|_, _| panic!("it is not closed, but taken back"));

impl State for Thing {
    const KIND: &'static Kind<Thing> = &THING;
}

/// As an author would write it: `?` closes the descriptor that a handle refuses.
fn make(cx: &mut Ctx) -> Result<Handle<Thing>, Errno> {
    let thing = cx.insert(Thing);
    let file = tempfile::tempfile().unwrap();
    cx.set_descriptor(thing, file.into())?;
    if let Err(errno) = cx.watch(thing) {
        cx.discard(thing)?;
        return Err(errno);
    }
    Ok(thing)
}

#[test]
fn half_made_handle() {
    scenario(|| {
        let mut lp = new_loop();
        assert_eq!(make(&mut lp), Err(Errno::EPERM));
        assert!(!lp.alive());
        let thing = lp.insert(Thing);
        let (one, other) = std::os::unix::net::UnixStream::pair().unwrap();
        lp.set_descriptor(thing, one.into()).unwrap();
        let duplicate = uvox_loop::sys::dup(other.as_fd()).unwrap();
        let refused = lp.set_descriptor(thing, duplicate).unwrap_err();
        assert_eq!(Errno::from(refused), Errno::EBUSY);
        lp.discard(thing).unwrap();
        assert_eq!(lp.discard(thing), Err(Errno::EBADF));
        lp.run(RunMode::Default).unwrap();
        end(lp);
    });
}
