//! Addresses to names (`dns.lookupService`).

use std::net::{IpAddr, SocketAddr};

use uvox_loop::{Ctx, NameInfo};

use super::failure;
use crate::{Error, env};

/// Finds the names of a host and a port (`dns.lookupService`), by the system's resolver on a worker thread: `localhost` and `ssh`.
/// A port without a name is told by its digits; a host without one is `ENOTFOUND`.
///
/// The errors are Node's, with the address in them.
pub fn lookup_service(
    cx: &mut Ctx,
    address: IpAddr,
    port: u16,
    callback: impl FnOnce(&mut Ctx, Result<NameInfo, Error>) + 'static,
) {
    let callback = std::rc::Rc::new(std::cell::Cell::new(Some(callback)));
    let later = callback.clone();
    let socket = SocketAddr::new(address, port);
    let asked = cx.getnameinfo(socket, NameInfo::NI_NAMEREQD, move |cx, found| {
        let found = found.map_err(|errno| failure(errno, "getnameinfo", &address.to_string()));
        if let Some(callback) = later.take() {
            env::enter(cx, |cx| callback(cx, found));
        }
    });
    if let Err(errno) = asked
        && let Some(callback) = callback.take()
    {
        let error = failure(errno, "getnameinfo", &address.to_string());
        env::next_tick(cx, move |cx| callback(cx, Err(error)));
    }
}
