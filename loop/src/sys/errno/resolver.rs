//! What `getaddrinfo` and `getnameinfo` return, in libuv's numbers.

use super::Errno;

/// The error behind a result of `getaddrinfo` or `getnameinfo` that is not zero (`uv__getaddrinfo_translate_error`).
///
/// For `EAI_SYSTEM` that is the calling thread's `errno`, so ask at once. A number the system does not document is
/// [`Errno::UNKNOWN`].
pub fn errno_from_eai(result: i32) -> Errno {
    match result {
        libc::EAI_AGAIN => Errno::EAI_AGAIN,
        libc::EAI_BADFLAGS => Errno::EAI_BADFLAGS,
        libc::EAI_FAIL => Errno::EAI_FAIL,
        libc::EAI_FAMILY => Errno::EAI_FAMILY,
        libc::EAI_MEMORY => Errno::EAI_MEMORY,
        libc::EAI_NONAME => Errno::EAI_NONAME,
        libc::EAI_OVERFLOW => Errno::EAI_OVERFLOW,
        libc::EAI_SERVICE => Errno::EAI_SERVICE,
        libc::EAI_SOCKTYPE => Errno::EAI_SOCKTYPE,
        libc::EAI_SYSTEM => Errno::last(),
        other => UNDECLARED
            .iter()
            .find(|(number, _)| *number == other)
            .map_or(Errno::UNKNOWN, |(_, errno)| *errno),
    }
}

/// What the systems' headers define but `libc` does not declare everywhere, by number.
#[cfg(target_os = "linux")]
const UNDECLARED: [(i32, Errno); 3] = [
    (-5, Errno::EAI_NODATA),
    (-9, Errno::EAI_ADDRFAMILY),
    (-101, Errno::EAI_CANCELED),
];
/// OpenBSD took Linux's numbers, up to a point.
#[cfg(target_os = "openbsd")]
const UNDECLARED: [(i32, Errno); 4] = [
    (-5, Errno::EAI_NODATA),
    (-9, Errno::EAI_ADDRFAMILY),
    (-12, Errno::EAI_BADHINTS),
    (-13, Errno::EAI_PROTOCOL),
];
/// The numbers of KAME, which macOS, the other BSDs and Android have.
#[cfg(not(any(target_os = "linux", target_os = "openbsd")))]
const UNDECLARED: [(i32, Errno); 4] = [
    (1, Errno::EAI_ADDRFAMILY),
    (7, Errno::EAI_NODATA),
    (12, Errno::EAI_BADHINTS),
    (13, Errno::EAI_PROTOCOL),
];
