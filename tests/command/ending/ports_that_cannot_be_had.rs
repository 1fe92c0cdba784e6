//! A port that needs a privilege, one that is no port, an address that is not here.

use std::fs;
use std::os::unix::process::CommandExt;

use crate::child::{Uvox, uvox};

/// A port that needs a privilege, where there are any.
const PRIVILEGED: u16 = 1;

const NOBODY: u32 = 65534;

#[test]
fn privileged() {
    let first_free = fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start");
    let first_free = first_free.map_or(1024, |text| text.trim().parse().unwrap());
    if first_free <= PRIVILEGED {
        return println!("skipped: no port needs a privilege here");
    }
    for name in ["echo", "chat"] {
        let mut command = uvox(&[name, "--port", &PRIVILEGED.to_string()]);
        if rustix::process::geteuid().is_root() {
            // Root has the privilege, so somebody else is to ask.
            command.uid(NOBODY);
        }
        let child = match command.spawn() {
            Ok(child) => Uvox::of(child),
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
                return println!("skipped: nobody else may run the command here");
            }
        };
        let ended = child.end();
        assert_eq!(ended.status, Some(2));
        assert_eq!(
            ended.one_line(),
            "uvox: listen EACCES: permission denied 127.0.0.1:1"
        );
    }
}

#[test]
fn no_port() {
    let ended = Uvox::start(&["echo", "--port", "70000"]).end();
    assert_eq!(ended.status, Some(2));
    assert!(ended.stderr.contains("70000"), "{}", ended.stderr);
}

#[test]
fn not_here() {
    let ended = Uvox::start(&["echo", "--host", "192.0.2.1", "--port", "0"]).end();
    assert_eq!(ended.status, Some(2));
    let line = ended.one_line();
    assert!(line.starts_with("uvox: listen EADDRNOTAVAIL"), "{line}");
}
