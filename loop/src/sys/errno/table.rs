//! Every error's name, number and meaning, once.

use super::Errno;
use super::lacking;

/// Declares the constants, and from the same list the names and the messages.
///
/// Where two names share a number on some system, the one that stands first is the number's name.
macro_rules! errnos {
    ($($name:ident = $number:expr, $message:literal;)*) => {
        impl Errno {
            $(#[doc = concat!($message, ".")] pub const $name: Errno = Errno($number);)*

            /// Every error that has a constant, in the order of the table. On some systems two have the same number
            /// (`EAGAIN` and `EWOULDBLOCK`, `ENOTSUP` and `EOPNOTSUPP`); the first of them gives both their name.
            pub const ALL: &'static [Errno] = &[$(Errno::$name,)*];

            /// The name and the message: the compiler makes a jump table of it.
            #[allow(unreachable_patterns, reason = "some systems use one number for two names")]
            pub(super) const fn entry(self) -> Option<(&'static str, &'static str)> {
                match self {
                    $(Errno::$name => Some((stringify!($name), $message)),)*
                    _ => None,
                }
            }
        }
    };
}

errnos! {
    E2BIG = libc::E2BIG, "too many arguments, or too long";
    EACCES = libc::EACCES, "permission denied";
    EADDRINUSE = libc::EADDRINUSE, "address in use by somebody else";
    EADDRNOTAVAIL = libc::EADDRNOTAVAIL, "no such address on this machine";
    EAFNOSUPPORT = libc::EAFNOSUPPORT, "addresses of this family are not supported";
    EAGAIN = libc::EAGAIN, "not possible right now, try again";
    EWOULDBLOCK = libc::EWOULDBLOCK, "would have to wait";
    EALREADY = libc::EALREADY, "already in progress";
    EBADF = libc::EBADF, "bad file descriptor, or a handle that is no more";
    EBADMSG = libc::EBADMSG, "not a valid message";
    EBUSY = libc::EBUSY, "still in use";
    ECANCELED = libc::ECANCELED, "cancelled";
    ECHILD = libc::ECHILD, "no child processes";
    ECONNABORTED = libc::ECONNABORTED, "connection given up on this side";
    ECONNREFUSED = libc::ECONNREFUSED, "connection refused";
    ECONNRESET = libc::ECONNRESET, "connection reset by peer";
    EDEADLK = libc::EDEADLK, "would wait for itself for ever";
    EDESTADDRREQ = libc::EDESTADDRREQ, "no destination given";
    EDOM = libc::EDOM, "argument outside the function's domain";
    EDQUOT = libc::EDQUOT, "disk quota used up";
    EEXIST = libc::EEXIST, "already exists";
    EFAULT = libc::EFAULT, "address outside the process's memory";
    EFBIG = libc::EFBIG, "file larger than allowed";
    EHOSTDOWN = libc::EHOSTDOWN, "the host is down";
    EHOSTUNREACH = libc::EHOSTUNREACH, "no way to the host";
    EIDRM = libc::EIDRM, "identifier has been removed";
    EILSEQ = libc::EILSEQ, "bytes that encode no character";
    EINPROGRESS = libc::EINPROGRESS, "now in progress";
    EINTR = libc::EINTR, "interrupted by a signal";
    EINVAL = libc::EINVAL, "invalid argument";
    EIO = libc::EIO, "input or output failed";
    EISCONN = libc::EISCONN, "already connected";
    EISDIR = libc::EISDIR, "cannot be done to a directory";
    ELOOP = libc::ELOOP, "too many symbolic links on the way";
    EMFILE = libc::EMFILE, "too many open descriptors in this process";
    EMLINK = libc::EMLINK, "too many hard links";
    EMSGSIZE = libc::EMSGSIZE, "message longer than can be sent";
    EMULTIHOP = lacking::EMULTIHOP, "more than one hop tried";
    ENAMETOOLONG = libc::ENAMETOOLONG, "name is too long";
    ENETDOWN = libc::ENETDOWN, "the network is down";
    ENETRESET = libc::ENETRESET, "connection dropped by the network";
    ENETUNREACH = libc::ENETUNREACH, "no way to the network";
    ENFILE = libc::ENFILE, "too many open files in the system";
    ENOBUFS = libc::ENOBUFS, "no room left for buffers";
    ENODATA = lacking::ENODATA, "there is no data";
    ENODEV = libc::ENODEV, "device not found";
    ENOENT = libc::ENOENT, "no such file or directory";
    ENOEXEC = libc::ENOEXEC, "not a program this system can run";
    ENOLCK = libc::ENOLCK, "no locks left";
    ENOLINK = lacking::ENOLINK, "link has been severed";
    ENOMEM = libc::ENOMEM, "out of memory";
    ENOMSG = libc::ENOMSG, "no message of the wanted type";
    ENONET = lacking::ENONET, "this machine has no network";
    ENOPROTOOPT = libc::ENOPROTOOPT, "the protocol has no such option";
    ENOSPC = libc::ENOSPC, "device is full";
    ENOSR = lacking::ENOSR, "no stream resources left";
    ENOSTR = lacking::ENOSTR, "not a stream of the STREAMS kind";
    ENOSYS = libc::ENOSYS, "not implemented on this system";
    ENOTBLK = libc::ENOTBLK, "needs a block device";
    ENOTCONN = libc::ENOTCONN, "not connected";
    ENOTDIR = libc::ENOTDIR, "needs a directory";
    ENOTEMPTY = libc::ENOTEMPTY, "directory is not empty";
    ENOTRECOVERABLE = libc::ENOTRECOVERABLE, "state cannot be recovered";
    ENOTSOCK = libc::ENOTSOCK, "needs a socket";
    ENOTSUP = libc::ENOTSUP, "not supported";
    EOPNOTSUPP = libc::EOPNOTSUPP, "not supported on this kind of socket";
    ENOTTY = libc::ENOTTY, "not a request that this device understands";
    ENXIO = libc::ENXIO, "device or address is not there";
    EOVERFLOW = libc::EOVERFLOW, "value does not fit its type";
    EOWNERDEAD = libc::EOWNERDEAD, "the owner died";
    EPERM = libc::EPERM, "not permitted";
    EPFNOSUPPORT = libc::EPFNOSUPPORT, "protocols of this family are not supported";
    EPIPE = libc::EPIPE, "nobody reads the other end";
    EPROTO = libc::EPROTO, "error in the protocol";
    EPROTONOSUPPORT = libc::EPROTONOSUPPORT, "protocol is not supported";
    EPROTOTYPE = libc::EPROTOTYPE, "protocol does not suit the socket";
    ERANGE = libc::ERANGE, "result is too large";
    EREMOTE = libc::EREMOTE, "object is on another machine";
    EREMOTEIO = lacking::EREMOTEIO, "input or output failed on the other machine";
    EROFS = libc::EROFS, "file system is read-only";
    ESHUTDOWN = libc::ESHUTDOWN, "this end has been shut down";
    ESOCKTNOSUPPORT = libc::ESOCKTNOSUPPORT, "sockets of this type are not supported";
    ESPIPE = libc::ESPIPE, "has no position to move";
    ESRCH = libc::ESRCH, "process not found";
    ESTALE = libc::ESTALE, "file handle is stale";
    ETIME = lacking::ETIME, "timer has expired";
    ETIMEDOUT = libc::ETIMEDOUT, "no answer in time";
    ETOOMANYREFS = libc::ETOOMANYREFS, "too many descriptors on their way";
    ETXTBSY = libc::ETXTBSY, "program is being run";
    EUNATCH = lacking::EUNATCH, "no driver for the protocol";
    EUSERS = libc::EUSERS, "too many users";
    EXDEV = libc::EXDEV, "on different file systems";
    EFTYPE = lacking::EFTYPE, "wrong type or format of file";

    // libuv's own.
    EOF = 4095, "end of file";
    UNKNOWN = 4094, "unknown error";
    ECHARSET = 4080, "not valid Unicode";

    // The resolver's, with libuv's numbers: each system has others, and some of those are errors of the kernel too.
    EAI_ADDRFAMILY = 3000, "host has no address of this family";
    EAI_AGAIN = 3001, "the resolver has no answer for now";
    EAI_BADFLAGS = 3002, "bad flags for the resolver";
    EAI_CANCELED = 3003, "resolving was cancelled";
    EAI_FAIL = 3004, "the resolver failed for good";
    EAI_FAMILY = 3005, "the resolver does not support this family";
    EAI_MEMORY = 3006, "the resolver ran out of memory";
    EAI_NODATA = 3007, "host has no address";
    EAI_NONAME = 3008, "host or service is not known";
    EAI_OVERFLOW = 3009, "name does not fit its buffer";
    EAI_SERVICE = 3010, "service is not offered on this type of socket";
    EAI_SOCKTYPE = 3011, "the resolver does not support this type of socket";
    EAI_BADHINTS = 3013, "bad hints for the resolver";
    EAI_PROTOCOL = 3014, "the resolved protocol is not known";
}
