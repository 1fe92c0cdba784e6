//! Starting threads. The standard library makes the call; it comes through the door to be traced and to be made to fail.

use std::thread::{Builder, JoinHandle};

use super::call::{NO_FD, call};
use super::errno::Errno;

/// Starts a thread of that name. `EAGAIN` if the system has no more to give.
pub(crate) fn spawn_thread(
    name: &str,
    run: impl FnOnce() + Clone + Send + 'static,
) -> Result<JoinHandle<()>, Errno> {
    let mut thread = None;
    call("pthread_create", NO_FD, |_| {
        match Builder::new().name(name.to_owned()).spawn(run.clone()) {
            Ok(handle) => {
                thread = Some(handle);
                0
            }
            Err(error) => {
                Errno::from(error).store();
                -1
            }
        }
    })?;
    thread.ok_or(Errno::EAGAIN)
}
