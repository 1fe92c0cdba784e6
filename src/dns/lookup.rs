//! Names to addresses (`dns.lookup`).

use uvox_loop::Ctx;

use super::address::LookupAddress;
use super::failure;
use super::options::LookupOptions;
use crate::{Error, env};

/// Who hears what was found: one address at least, or an error.
pub type Answer = Box<dyn FnOnce(&mut Ctx, Result<Vec<LookupAddress>, Error>)>;

/// Somebody who finds addresses: [`System`], or the user's own (the `lookup` option of Node's sockets).
///
/// It answers once, from the loop, never inside the call: in a [tick](env::next_tick) at the earliest.
pub trait Resolver {
    /// Finds the addresses of a host.
    fn lookup(&self, cx: &mut Ctx, hostname: &str, options: &LookupOptions, answer: Answer);
}

/// The system's resolver, on the loop's worker threads (`getaddrinfo`).
#[derive(Clone, Copy, Debug, Default)]
pub struct System;

impl Resolver for System {
    fn lookup(&self, cx: &mut Ctx, hostname: &str, options: &LookupOptions, answer: Answer) {
        if let Some(address) = LookupAddress::parse(hostname) {
            return env::next_tick(cx, move |cx| answer(cx, Ok(vec![address])));
        }
        let host = hostname.to_owned();
        // Whatever comes first takes it: the resolver's answer, or that it could not even be asked.
        let answer = std::rc::Rc::new(std::cell::Cell::new(Some(answer)));
        let (later, options, name) = (answer.clone(), *options, host.clone());
        let asked = cx.getaddrinfo(
            Some(hostname),
            None,
            options.for_the_system(),
            move |cx, found| {
                let found = found.map_err(|errno| failure(errno, "getaddrinfo", &name));
                let found = found.map(|found| {
                    let mut found: Vec<_> =
                        found.into_iter().map(|one| one.address.into()).collect();
                    options.sort(&mut found);
                    found
                });
                if let Some(answer) = later.take() {
                    env::enter(cx, |cx| answer(cx, found));
                }
            },
        );
        if let Err(errno) = asked
            && let Some(answer) = answer.take()
        {
            let error = failure(errno, "getaddrinfo", &host);
            env::next_tick(cx, move |cx| answer(cx, Err(error)));
        }
    }
}

/// Finds an address of a host (`dns.lookup`). What is an address already is found in the next tick, whatever the options say; for all else the system is asked, on
/// a worker thread. `callback` gets the first address in the order that was asked for.
///
/// Its errors are Node's: `ENOTFOUND` if there is no such name, `EAI_AGAIN` if its servers do not answer, and so on, with the name as the address. A name that
/// is not ASCII goes to the resolver as it is.
pub fn lookup(
    cx: &mut Ctx,
    hostname: &str,
    options: LookupOptions,
    callback: impl FnOnce(&mut Ctx, Result<LookupAddress, Error>) + 'static,
) {
    let name = hostname.to_owned();
    lookup_all(cx, hostname, options, move |cx, found| {
        let first = found.and_then(|found| {
            let unknown = || failure(uvox_loop::Errno::EAI_NONAME, "getaddrinfo", &name);
            found.first().copied().ok_or_else(unknown)
        });
        callback(cx, first);
    });
}

/// Finds all addresses of a host (`dns.lookup` with `all`).
pub fn lookup_all(
    cx: &mut Ctx,
    hostname: &str,
    options: LookupOptions,
    callback: impl FnOnce(&mut Ctx, Result<Vec<LookupAddress>, Error>) + 'static,
) {
    System.lookup(cx, hostname, &options, Box::new(callback));
}
