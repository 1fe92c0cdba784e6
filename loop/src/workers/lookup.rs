//! Names to addresses and back (`getaddrinfo.c`, `getnameinfo.c`).

use std::net::SocketAddr;

use super::{Speed, Work, WorkError};
use crate::Ctx;
use crate::sys::Errno;
use crate::sys::resolve::{self, AddrHints, AddrInfo, AddrQuery, NameInfo};

impl Ctx {
    /// Finds the addresses of a host and a service, with the C library's resolver, on a worker thread (`uv_getaddrinfo`).
    ///
    /// `done` gets what was found, best first, as [queued work](Ctx::queue_work) gets its result; addresses that are neither IPv4 nor
    /// IPv6 are left out. Lookups are [slow work](Ctx::queue_slow_work), and can be [cancelled](Work::cancel) until they begin;
    /// `done` then gets `EAI_CANCELED`.
    ///
    /// Without a `node`, the addresses are this machine's own. A host name that is not ASCII goes to the resolver as it is, in UTF-8:
    /// unlike libuv, the loop does not convert it (IDNA), and most resolvers find nothing under it.
    ///
    /// ```
    /// use uvox_loop::{AddrHints, Loop, RunMode};
    ///
    /// let mut lp = Loop::new()?;
    /// let hints = AddrHints {
    ///     socket_type: AddrHints::SOCK_STREAM,
    ///     flags: AddrHints::AI_NUMERICHOST,
    ///     ..AddrHints::default()
    /// };
    /// lp.getaddrinfo(Some("127.0.0.1"), Some("8080"), hints, |_cx, found| {
    ///     assert_eq!(found.unwrap()[0].address, "127.0.0.1:8080".parse().unwrap());
    /// })?;
    /// lp.run(RunMode::Default)?;
    /// # Ok::<(), uvox_loop::Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// `EINVAL` if there is neither node nor service, if the node is empty, or if one of them contains a NUL; `ENAMETOOLONG` if the
    /// node has more than 255 bytes; else as [`Ctx::queue_work`]. `done` gets the resolver's errors: `EAI_NONAME` if node or service
    /// is not known, `EAI_AGAIN` if its servers do not answer, `EAI_BADFLAGS`, `EAI_FAMILY`, `EAI_SOCKTYPE` and `EAI_SERVICE` if it
    /// does not like the hints, and so on.
    pub fn getaddrinfo(
        &mut self,
        node: Option<&str>,
        service: Option<&str>,
        hints: AddrHints,
        done: impl FnOnce(&mut Ctx, Result<Vec<AddrInfo>, Errno>) + 'static,
    ) -> Result<Work, Errno> {
        let query = AddrQuery::new(node, service, hints)?;
        self.queue_at(
            Speed::Slow,
            move || query.run(),
            move |cx, result| done(cx, answer(result)),
        )
    }

    /// Finds the names of an address' host and service, as [`Ctx::getaddrinfo`] finds addresses (`uv_getnameinfo`). `flags` are those
    /// of the constants of [`NameInfo`] that apply, combined with `|`.
    ///
    /// ```
    /// use uvox_loop::{Loop, NameInfo, RunMode};
    ///
    /// let mut lp = Loop::new()?;
    /// let flags = NameInfo::NI_NUMERICHOST | NameInfo::NI_NUMERICSERV;
    /// lp.getnameinfo("[::1]:80".parse().unwrap(), flags, |_cx, found| {
    ///     let NameInfo { host, service } = found.unwrap();
    ///     assert_eq!((host.as_str(), service.as_str()), ("::1", "80"));
    /// })?;
    /// lp.run(RunMode::Default)?;
    /// # Ok::<(), uvox_loop::Errno>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Ctx::queue_work`]. `done` gets the resolver's errors: `EAI_NONAME` if the host has no name and [`NameInfo::NI_NAMEREQD`]
    /// asked for one, `EAI_AGAIN`, `EAI_BADFLAGS`, and so on; `EAI_CANCELED` if it was cancelled.
    pub fn getnameinfo(
        &mut self,
        address: SocketAddr,
        flags: i32,
        done: impl FnOnce(&mut Ctx, Result<NameInfo, Errno>) + 'static,
    ) -> Result<Work, Errno> {
        self.queue_at(
            Speed::Slow,
            move || resolve::name_info(address, flags),
            move |cx, result| done(cx, answer(result)),
        )
    }
}

/// The resolver's result, or why it was not asked.
fn answer<T>(result: Result<Result<T, Errno>, WorkError>) -> Result<T, Errno> {
    match result {
        Ok(answer) => answer,
        Err(WorkError::Cancelled) => Err(Errno::EAI_CANCELED),
        // There is nothing in a lookup that panics; if it did, it failed for good.
        Err(WorkError::Panicked(_)) => Err(Errno::EAI_FAIL),
    }
}
