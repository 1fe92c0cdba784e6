//! Where Node's messages describe the kernel's error, ours do, in the same words.

use uvox::Error;
use uvox::event_loop::Errno;

use super::common::scenario;
use crate::node::ask;

#[test]
fn words_are_nodes() {
    let errors = [
        Errno::EACCES,
        Errno::EADDRINUSE,
        Errno::EADDRNOTAVAIL,
        Errno::EAFNOSUPPORT,
        Errno::EBADF,
        Errno::EINVAL,
        Errno::ELOOP,
        Errno::EMFILE,
        Errno::ENAMETOOLONG,
        Errno::ENFILE,
        Errno::ENOBUFS,
        Errno::ENOMEM,
        Errno::ENOSPC,
        Errno::ENOTDIR,
        Errno::ENOTSOCK,
        Errno::ENOTSUP,
        Errno::EPERM,
        Errno::EROFS,
    ];
    let ours = errors.map(|errno| Error::described(errno, "listen").to_string());
    assert_eq!(ours[1], "listen EADDRINUSE: address already in use");
    let names = errors.map(Errno::name);
    let code = format!(
        "const all = new Map(require('util').getSystemErrorMap().values());
         for (const name of {names:?}) console.log(`listen ${{name}}: ${{all.get(name)}}`);"
    );
    scenario(|| {
        if let Some(nodes) = ask(&code) {
            assert_eq!(ours[..], nodes[..]);
        }
    });
}
