//! Node's `dns`, as far as it asks the system: names to addresses and back, on the loop's worker threads.
//!
//! ```
//! use uvox::dns::{self, LookupOptions};
//! use uvox::env::Env;
//!
//! let mut env = Env::new()?;
//! dns::lookup(&mut env, "127.0.0.1", LookupOptions::default(), |_, found| {
//!     assert_eq!(found.unwrap().to_string(), "127.0.0.1");
//! });
//! env.run()?;
//! # Ok::<(), uvox::Error>(())
//! ```

mod address;
mod lookup;
mod options;
mod service;

pub use address::LookupAddress;
pub use lookup::{Answer, Resolver, System, lookup, lookup_all};
pub use options::{Family, Hints, LookupOptions, Order};
pub use service::lookup_service;

use uvox_loop::Errno;

use crate::Error;

/// What the resolver said, in Node's words (`DNSException`): whatever means that there is no such name is `ENOTFOUND`.
fn failure(errno: Errno, syscall: &'static str, about: &str) -> Error {
    let is_unknown = [Errno::EAI_NONAME, Errno::EAI_NODATA, Errno::EAI_MEMORY].contains(&errno);
    let error = Error::system(errno, syscall).at(about, None);
    if is_unknown {
        error.with_code("ENOTFOUND")
    } else {
        error
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_resolver_says_in_nodes_words() {
        for errno in [Errno::EAI_NONAME, Errno::EAI_NODATA, Errno::EAI_MEMORY] {
            let error = failure(errno, "getaddrinfo", "nobody.invalid");
            assert_eq!(error.to_string(), "getaddrinfo ENOTFOUND nobody.invalid");
            assert_eq!((error.code(), error.errno()), ("ENOTFOUND", Some(errno)));
        }
        let error = failure(Errno::EAI_AGAIN, "getnameinfo", "10.0.0.1");
        assert_eq!(error.to_string(), "getnameinfo EAI_AGAIN 10.0.0.1");
    }
}
