//! What Node says of the kernel's errors where its messages say more than the name: the texts are part of its interface, for programs and logs look for them.

use uvox_loop::Errno;

/// Node's words for an error (`util.getSystemErrorMap`), as far as binding and listening can meet it; for all else the loop's own.
pub(super) fn of(errno: Errno) -> &'static str {
    let known = WORDS.iter().find(|(known, _)| *known == errno);
    known.map_or_else(|| errno.message(), |(_, words)| words)
}

const WORDS: &[(Errno, &str)] = &[
    (Errno::EACCES, "permission denied"),
    (Errno::EADDRINUSE, "address already in use"),
    (Errno::EADDRNOTAVAIL, "address not available"),
    (Errno::EAFNOSUPPORT, "address family not supported"),
    (Errno::EBADF, "bad file descriptor"),
    (Errno::EINVAL, "invalid argument"),
    (Errno::ELOOP, "too many symbolic links encountered"),
    (Errno::EMFILE, "too many open files"),
    (Errno::ENAMETOOLONG, "name too long"),
    (Errno::ENFILE, "file table overflow"),
    (Errno::ENOBUFS, "no buffer space available"),
    (Errno::ENOMEM, "not enough memory"),
    (Errno::ENOSPC, "no space left on device"),
    (Errno::ENOTDIR, "not a directory"),
    (Errno::ENOTSOCK, "socket operation on non-socket"),
    (Errno::ENOTSUP, "operation not supported on socket"),
    (Errno::EPERM, "operation not permitted"),
    (Errno::EROFS, "read-only file system"),
];
