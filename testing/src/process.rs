//! Scenarios that change their process for good, or fill it up.

use std::os::fd::{AsFd, OwnedFd};
use std::process::Command;

use uvox_loop::Errno;
use uvox_loop::sys::{self, Domain, Type};

/// Runs the part of a scenario that changes its process for good in a process of its own: this test again, alone. `test` is
/// its path. Call it inside [`scenario`](crate::scenario), lest the child inherits what other scenarios have open.
pub fn in_child(test: &str, run: impl FnOnce()) {
    const CHILD: &str = "UVOX_TEST_CHILD";
    if std::env::var_os(CHILD).is_some() {
        return run();
    }
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// Opens descriptors until this process can open only `spare` more.
pub fn leave_room_for(spare: usize) -> Vec<OwnedFd> {
    let limit = sys::descriptor_limit().unwrap();
    let soft = limit.soft.min(128);
    sys::set_descriptor_limit(sys::DescriptorLimit { soft, ..limit }).unwrap();
    assert_eq!(sys::descriptor_limit().unwrap().soft, soft);
    let first = sys::socket(Domain::UNIX, Type::DGRAM, None).unwrap();
    let mut fill = Vec::new();
    let full = loop {
        match sys::dup(first.as_fd()) {
            Ok(duplicate) => fill.push(duplicate),
            Err(errno) => break errno,
        }
    };
    assert_eq!(full, Errno::EMFILE);
    fill.push(first);
    fill.truncate(fill.len() - spare);
    fill
}
