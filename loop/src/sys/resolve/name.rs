//! From an address to its names: `getnameinfo`.

use std::net::SocketAddr;

use socket2::SockAddr;

use super::eai;
use crate::sys::errno::Errno;

/// The names of an address: see [`Ctx::getnameinfo`](crate::Ctx::getnameinfo). The constants are its flags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameInfo {
    /// The host's name, or its address in digits if it has none.
    pub host: String,
    /// The service's name, or the port's number.
    pub service: String,
}

impl NameInfo {
    /// A host without a name is an error, `EAI_NONAME`.
    pub const NI_NAMEREQD: i32 = libc::NI_NAMEREQD;
    /// The service is one on UDP, for the few ports where that makes a difference.
    pub const NI_DGRAM: i32 = libc::NI_DGRAM;
    /// Only the first label of the names of hosts in this machine's domain.
    pub const NI_NOFQDN: i32 = libc::NI_NOFQDN;
    /// The host in digits: look nothing up.
    pub const NI_NUMERICHOST: i32 = libc::NI_NUMERICHOST;
    /// The service in digits: look nothing up.
    pub const NI_NUMERICSERV: i32 = libc::NI_NUMERICSERV;
}

/// Asks the resolver what an address is called, and waits for its answer.
pub(crate) fn name_info(address: SocketAddr, flags: i32) -> Result<NameInfo, Errno> {
    let address = SockAddr::from(address);
    // The sizes that <netdb.h> recommends.
    let (mut host, mut service) = ([0u8; 1025], [0u8; 32]);
    loop {
        // SAFETY: the resolver reads the address, and writes two strings, with their NULs no longer than the arrays.
        let code = unsafe {
            libc::getnameinfo(
                address.as_ptr().cast(),
                address.len(),
                host.as_mut_ptr().cast(),
                host.len() as _,
                service.as_mut_ptr().cast(),
                service.len() as _,
                flags,
            )
        };
        match eai(code) {
            Ok(()) => break,
            Err(Errno::EINTR) => continue,
            Err(errno) => return Err(errno),
        }
    }
    let text = |bytes: &[u8]| {
        let end = bytes.iter().position(|byte| *byte == 0);
        String::from_utf8_lossy(&bytes[..end.unwrap_or(bytes.len())]).into_owned()
    };
    Ok(NameInfo {
        host: text(&host),
        service: text(&service),
    })
}
